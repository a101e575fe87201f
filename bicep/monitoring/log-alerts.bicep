metadata name = 'Alerts on telemetry'
metadata description = 'One rule per query. A query answers with a row exactly when somebody should look.'

@description('Required. Begins the name of every rule.')
param namePrefix string

@description('Required. Region.')
param location string

@description('Required. Tags of the rules.')
param tags { *: string }

@description('Required. Resource id of the Log Analytics workspace that is asked.')
param workspaceId string

@description('Required. What is asked, how often and over which time; the time is an ISO 8601 duration.')
param alerts alert[]

@description('Optional. Resource ids of the action groups that are told. Default none: the alert is seen in the portal alone.')
param actionGroupIds string[] = []

@export()
@description('A query and what its rows mean.')
type alert = {
  @description('Required. Ends the name of the rule.')
  name: string

  @description('Required. What has happened and what to do.')
  description: string

  @description('Required. 1 is an error that loses or delays data, 2 a warning.')
  severity: 1 | 2

  @description('Required. Kusto query that answers with a row exactly when the rule is to fire.')
  query: string

  @description('Required. How often it is asked; the dearer, the oftener.')
  every: 'PT5M' | 'PT15M' | 'PT30M' | 'PT1H'

  @description('Required. Time that it looks back.')
  window: 'PT15M' | 'PT30M' | 'PT1H' | 'PT6H' | 'P1D'
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in alerts: {
    name: '${namePrefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${namePrefix}-${alert.name}'
      description: alert.description
      severity: alert.severity
      enabled: true
      autoMitigate: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: actionGroupIds }
    }
  }
]
