using './main.bicep'

// For trying things: one copy, open to the internet (though never without a token), gone when deleted.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param redundancy = 'Standard_LRS'
param privateNetwork = false
param deletionLock = false
