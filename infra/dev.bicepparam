using './main.bicep'

// For development: one copy, open to the internet (with a token only), without a deletion lock.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param redundancy = 'Standard_LRS'
param privateNetwork = false
param deletionLock = false
