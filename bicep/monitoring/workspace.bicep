metadata name = 'Log Analytics and Application Insights'
metadata description = 'Receives telemetry from Entra identities only: a connection string alone gives no access.'

import { grant, roleIds } from '../roles.bicep'

@description('Required. Name of the Log Analytics workspace.')
param workspaceName string

@description('Required. Name of the Application Insights component.')
param componentName string

@description('Required. Region.')
param location string

@description('Required. Tags of both.')
param tags { *: string }

@description('Optional. Days for which telemetry is kept; the first 31 are free. Default 30.')
@minValue(30)
@maxValue(730)
param retentionDays int = 30

@description('Optional. Daily limit of telemetry in gigabytes, which limits the cost; 0 means no limit. Default 1. Alerts do not see telemetry beyond the limit.')
@minValue(0)
param dailyCapGb int = 1

@description('Optional. Grants at the component. Default none.')
param grants grant[] = []

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
    workspaceCapping: { dailyQuotaGb: dailyCapGb > 0 ? dailyCapGb : -1 }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in grants: {
    name: guid(component.id, grant.principalId, roleIds[grant.role])
    scope: component
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[grant.role])
      principalId: grant.principalId
      principalType: grant.principalType
      description: grant.reason
    }
  }
]

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Connection string for sending telemetry; not a secret, because local authentication is off.')
output connectionString string = component.properties.ConnectionString
