targetScope = 'resourceGroup'

@description('Short name of the environment: part of every resource name.')
@minLength(2)
@maxLength(12)
param environmentName string

param location string = resourceGroup().location

@description('Instance memory of the function app, in MB.')
@allowed([2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances of the function app.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Whether to create an Azure OpenAI account with one deployment.')
param deployOpenAI bool = false

param openAIModel string = 'gpt-4o-mini'
param openAIModelVersion string = '2024-07-18'

@description('Whether to create a Durable Task Scheduler. That orchestrations run on it is up to host.json and one more package: docs/concepts/hosting.md.')
param deployScheduler bool = false

@description('First administrator key of the API (ha_…); kept in Key Vault.')
@secure()
param adminKey string

var suffix = uniqueString(resourceGroup().id, environmentName)
var tags = { 'azd-env-name': environmentName }

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { name: 'id-hybridagents-${suffix}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: { suffix: suffix, location: location, tags: tags, principalId: identity.outputs.principalId }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: { name: 'st${suffix}', location: location, tags: tags, principalId: identity.outputs.principalId }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: { name: 'kv-${suffix}', location: location, tags: tags, principalId: identity.outputs.principalId, adminKey: adminKey }
}

module openai 'modules/openai.bicep' = if (deployOpenAI) {
  name: 'openai'
  params: {
    name: 'oai-${suffix}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    model: openAIModel
    modelVersion: openAIModelVersion
  }
}

module scheduler 'modules/scheduler.bicep' = if (deployScheduler) {
  name: 'scheduler'
  params: { name: 'dts-${suffix}', location: location, tags: tags, principalId: identity.outputs.principalId }
}

module app 'modules/functionapp.bicep' = {
  name: 'app'
  params: {
    name: 'func-hybridagents-${suffix}'
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    deploymentContainerUri: storage.outputs.deploymentContainerUri
    connectionString: monitoring.outputs.connectionString
    adminKeyUri: vault.outputs.adminKeyUri
    openAIEndpoint: deployOpenAI ? openai!.outputs.endpoint : ''
    openAIDeployment: deployOpenAI ? openAIModel : ''
    schedulerConnection: deployScheduler ? scheduler!.outputs.connection : ''
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
  }
}

output API_URL string = app.outputs.url
output functionName string = app.outputs.name
