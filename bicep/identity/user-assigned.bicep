metadata name = 'User-assigned identity'
metadata description = 'An identity that outlives its app, so that its grants do too.'

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

@description('Client id, which an app names to use this identity.')
output clientId string = identity.properties.clientId

@description('Object id, to which roles are granted.')
output principalId string = identity.properties.principalId
