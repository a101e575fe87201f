metadata name = 'Alerts on telemetry'
metadata description = 'One rule per query. A query returns a row exactly when an operator should act.'

@description('Required. Prefix of every rule\'s name.')
param namePrefix string

@description('Required. Region.')
param location string

@description('Required. Tags of the rules.')
param tags { *: string }

@description('Required. Resource id of the Log Analytics workspace to query.')
param workspaceId string

@description('Required. The queries, each with its interval and window as ISO 8601 durations.')
param alerts alert[]

@description('Optional. Resource ids of the action groups to notify. Default none: alerts appear only in the portal.')
param actionGroupIds string[] = []

@export()
@description('A query and the meaning of its rows.')
type alert = {
  @description('Required. Suffix of the rule\'s name.')
  name: string

  @description('Required. The problem and its remedy.')
  description: string

  @description('Required. 1 is an error that loses or delays data, 2 a warning.')
  severity: 1 | 2

  @description('Required. Kusto query that returns a row exactly when the rule should fire.')
  query: string

  @description('Required. Interval between evaluations; shorter intervals cost more.')
  every: 'PT5M' | 'PT15M' | 'PT30M' | 'PT1H'

  @description('Required. Time range that each evaluation covers.')
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
