metadata name = 'User-assigned identity'
metadata description = 'An identity that outlives the app which uses it, so that its grants do too.'

@description('Required. Name of the identity.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags of the identity.')
param tags { *: string }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output resourceId string = identity.id

@description('Client id: what an app says to be this identity.')
output clientId string = identity.properties.clientId

@description('Object id: what roles are granted to.')
output principalId string = identity.properties.principalId
