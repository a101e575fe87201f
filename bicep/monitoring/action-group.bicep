metadata name = 'Action group'
metadata description = 'E-mail addresses that receive fired alerts.'

@description('Required. Name of the group.')
param name string

@description('Required. Tags of the group.')
param tags { *: string }

@description('Required. E-mail addresses; at most 1,000.')
param emails string[]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'headwater'
    emailReceivers: [for (email, at) in emails: { name: 'mail-${at}', emailAddress: email, useCommonAlertSchema: true }]
  }
}

@description('Resource id of the group.')
output resourceId string = group.id
