@{ disks = @(Get-CimInstance Win32_LogicalDisk -Filter "DeviceID='$env:SystemDrive'" |
       Select-Object DeviceID, FreeSpace, Size) }
