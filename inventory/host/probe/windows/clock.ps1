@{ tries = @($hosts | Select -First 2 | % { Request $_ }) }
