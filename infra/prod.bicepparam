using './main.bicep'

// Zone-redundant, closed to the internet except for the HTTP API, locked against deletion, one instance always warm.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param redundancy = 'Standard_ZRS'
param softDeleteDays = 14
param privateNetwork = true
param deletionLock = true
param maximumInstances = 100
param alwaysReadyHttp = 1
param telemetryDays = 90
param telemetryDailyCapGb = 5

// Senders to queue inbox as JSON: [{"name":"…","principalId":"…","principalType":"ServicePrincipal"}]. Alert e-mail addresses, separated by commas.
param inboxSenders = json(readEnvironmentVariable('HEADWATER_INBOX_SENDERS', '[]'))
param alertEmails = filter(split(readEnvironmentVariable('HEADWATER_ALERT_EMAILS', ''), ','), email => !empty(email))
