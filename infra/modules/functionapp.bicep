param name string
param location string
param tags object
param identityId string
param identityClientId string
param storageName string
param deploymentContainerUri string
param connectionString string
param adminKeyUri string
param openAIEndpoint string
param openAIDeployment string
param schedulerConnection string
param instanceMemoryMB int
param maximumInstanceCount int

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

var openAISettings = empty(openAIEndpoint) ? {} : {
  AZURE_OPENAI_ENDPOINT: openAIEndpoint
  AZURE_OPENAI_DEPLOYMENT: openAIDeployment
}
var schedulerSettings = empty(schedulerConnection) ? {} : {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: '${schedulerConnection};ClientID=${identityClientId}'
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: { instanceMemoryMB: instanceMemoryMB, maximumInstanceCount: maximumInstanceCount }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUri
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
    siteConfig: { minTlsVersion: '1.2' }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union({
      AzureWebJobsStorage__accountName: storageName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      AZURE_CLIENT_ID: identityClientId // The identity that DefaultAzureCredential takes for tables and models.
      Tables__ServiceUri: 'https://${storageName}.table.${environment().suffixes.storage}'
      APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      Auth__AdminKey: '@Microsoft.KeyVault(SecretUri=${adminKeyUri})'
    }, openAISettings, schedulerSettings)
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
