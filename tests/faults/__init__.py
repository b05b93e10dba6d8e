"""An AWS that misbehaves: an HTTP server between boto3 and moto's, and what goes wrong there."""
