// Sallyport on Azure: the API and the sample function, each a function app on Flex Consumption with an identity of its own, over one Redis. Secrets live in Key Vault and nowhere else; the three of
// Sallyport are put there once, by hand (docs/quick-start-azure.md), so that no deployment can change them. It is deployed twice the first time: without the apps, and when the secrets are there
// with them.
targetScope = 'resourceGroup'

@description('Letters and digits that begin the name of every resource; some of them are names in the whole world.')
@minLength(3)
@maxLength(11)
param name string

param location string = resourceGroup().location

@description('false for the first deployment. A reference to Key Vault that finds no secret, or no right to read it, stays the text that it is for a day: so apps are made when both are there.')
param withApps bool = true

@description('What travels on each request; see docs/configuration.md.')
@allowed(['jwt', 'session'])
param strategy string = 'jwt'

@description('Where clients reach Sallyport, https and without a slash at the end: the issuer of its tokens. When left out: the gateway, or without one the API app.')
param publicUrl string = ''

@description('The aud of access tokens.')
param audience string = 'sallyport'

@description('Origins of browser applications that may call, separated by commas.')
param allowedOrigins string = ''

@description('Further variables of Sallyport for both apps, none of them secret, by name: docs/configuration.md. What this template sets itself goes before them.')
param furtherSettings object = {}

@description('Of a secret that was replaced: under which name the vault has the one in use, and those of before, separated by commas, that are still accepted.')
type Replacement = {
  now: string
  before: string?
}

@description('Secrets that are no longer the first ones. To be given with each deployment, because a name that is left out means the first again.')
param replaced {
  refresh: Replacement?
  keyEncryption: Replacement?
  pepper: Replacement?
} = {}

@description('E-mail address of whoever runs the gateway. Empty: no API Management, clients call the function apps.')
param gatewayPublisherEmail string = ''

@description('Object id of whoever puts the secrets into the vault.')
param secretsOfficerId string

var withGateway = !empty(gatewayPublisherEmail)
var apiName = '${name}-api'
var postsName = '${name}-posts'
var apiUrl = 'https://${apiName}.azurewebsites.net'
var postsUrl = 'https://${postsName}.azurewebsites.net'
var gatewayName = '${name}-gateway'
var ownUrl = withGateway ? 'https://${gatewayName}.azure-api.net' : apiUrl
var issuer = empty(publicUrl) ? ownUrl : publicUrl
var roles = {
  secretsUser: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  secretsOfficer: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7')
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
  }
}

resource redis 'Microsoft.Cache/redisEnterprise@2025-04-01' = {
  name: '${name}-redis'
  location: location
  sku: { name: 'Balanced_B0' }
  properties: {
    minimumTlsVersion: '1.2'
    highAvailability: 'Enabled'
  }
}

// What the store of Sallyport asks for: nothing is dropped when memory is full, and what was written survives a restart.
resource database 'Microsoft.Cache/redisEnterprise/databases@2025-04-01' = {
  parent: redis
  name: 'default'
  properties: {
    clientProtocol: 'Encrypted'
    port: 10000
    clusteringPolicy: 'EnterpriseCluster'
    evictionPolicy: 'NoEviction'
    persistence: {
      aofEnabled: true
      aofFrequency: '1s'
      rdbEnabled: false
    }
    accessKeysAuthentication: 'Enabled'
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: '${name}-vault'
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }
}

resource redisPassword 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'redis-password'
  properties: {
    value: database.listKeys().primaryKey
  }
}

resource apiIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: apiName
  location: location
}

resource postsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: postsName
  location: location
}

resource officer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, secretsOfficerId, roles.secretsOfficer)
  scope: vault
  properties: {
    principalId: secretsOfficerId
    roleDefinitionId: roles.secretsOfficer
  }
}

resource apiReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, apiIdentity.id, roles.secretsUser)
  scope: vault
  properties: {
    principalId: apiIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roles.secretsUser
  }
}

// The guarded function reaches Redis, all of it: its databases have one access key. It reads none of the secrets by which passwords and tokens are made.
resource postsReadPassword 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(redisPassword.id, postsIdentity.id, roles.secretsUser)
  scope: redisPassword
  properties: {
    principalId: postsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roles.secretsUser
  }
}

var sharedSettings = {
  NODE_ENV: 'production'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  AzureWebJobsDisableHomepage: 'true'
  SALLYPORT_STRATEGY: strategy
  SALLYPORT_PUBLIC_URL: issuer
  SALLYPORT_AUDIENCE: audience
  SALLYPORT_ALLOWED_ORIGINS: allowedOrigins
  SALLYPORT_TRUSTED_PROXY_HOPS: withGateway ? '1' : '0'
  SALLYPORT_REDIS_URL: 'rediss://${redis.properties.hostName}:10000'
  SALLYPORT_REDIS_PASSWORD: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${redisPassword.name})'
}

var inUse = {
  refresh: replaced.?refresh.?now ?? 'refresh-secret'
  keyEncryption: replaced.?keyEncryption.?now ?? 'key-encryption-secret'
  pepper: replaced.?pepper.?now ?? 'password-pepper'
}

var apiSecrets = {
  SALLYPORT_REFRESH_SECRET: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${inUse.refresh})'
  SALLYPORT_KEY_ENCRYPTION_SECRET: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${inUse.keyEncryption})'
  SALLYPORT_PASSWORD_PEPPER: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${inUse.pepper})'
}

var refreshBefore = empty(replaced.?refresh.?before) ? {} : {
  SALLYPORT_REFRESH_SECRET_PREVIOUS: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${replaced.?refresh.?before})'
}
var keyEncryptionBefore = empty(replaced.?keyEncryption.?before) ? {} : {
  SALLYPORT_KEY_ENCRYPTION_SECRET_PREVIOUS: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${replaced.?keyEncryption.?before})'
}
var pepperBefore = empty(replaced.?pepper.?before) ? {} : {
  SALLYPORT_PASSWORD_PEPPER_PREVIOUS: '@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${replaced.?pepper.?before})'
}

module api 'function-app.bicep' = if (withApps) {
  name: 'api'
  params: {
    name: apiName
    storageName: '${toLower(name)}apicode'
    location: location
    identityId: apiIdentity.id
    identityPrincipalId: apiIdentity.properties.principalId
    identityClientId: apiIdentity.properties.clientId
    settings: union(furtherSettings, sharedSettings, apiSecrets, refreshBefore, keyEncryptionBefore, pepperBefore)
    onlyFrom: withGateway ? gateway!.outputs.addresses : []
  }
  dependsOn: [apiReadsSecrets]
}

module posts 'function-app.bicep' = if (withApps) {
  name: 'posts'
  params: {
    name: postsName
    storageName: '${toLower(name)}postscode'
    location: location
    identityId: postsIdentity.id
    identityPrincipalId: postsIdentity.properties.principalId
    identityClientId: postsIdentity.properties.clientId
    settings: union(furtherSettings, sharedSettings)
    onlyFrom: withGateway ? gateway!.outputs.addresses : []
  }
  dependsOn: [postsReadPassword]
}

module gateway 'gateway.bicep' = if (withGateway) {
  name: 'gateway'
  params: {
    name: gatewayName
    location: location
    publisherEmail: gatewayPublisherEmail
    strategy: strategy
    audience: audience
    issuer: issuer
    apiUrl: apiUrl
    postsUrl: postsUrl
  }
}

output publicUrl string = issuer
output apiName string = apiName
output postsName string = postsName
output postsUrl string = withGateway ? ownUrl : postsUrl
output vaultName string = vault.name
output redisHost string = redis.properties.hostName
