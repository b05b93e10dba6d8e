@{ tries = @($hosts | % { Request $_ }) }
