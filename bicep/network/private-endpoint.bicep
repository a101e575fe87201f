metadata name = 'Private endpoint'
metadata description = 'An address in the virtual network for one service of one resource.'

@description('Required. Name of the endpoint.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags of the endpoint.')
param tags { *: string }

@description('Required. Resource id of the subnet.')
param subnetId string

@description('Required. Resource id of the target resource.')
param targetId string

@description('Required. The target\'s service.')
param service ('blob' | 'queue' | 'table')

@description('Required. Resource id of the private DNS zone of that service.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    customNetworkInterfaceName: 'nic-${name}'
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: service
        properties: { privateLinkServiceId: targetId, groupIds: [service] }
      }
    ]
  }

  resource group 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: service, properties: { privateDnsZoneId: zoneId } }]
    }
  }
}
