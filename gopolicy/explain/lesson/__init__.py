"""The lecture on convolutional networks, repeated on Go: small networks trained under equal conditions."""
