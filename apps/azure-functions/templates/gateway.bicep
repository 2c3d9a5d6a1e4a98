// API Management in front of both function apps. Operations and policies are generated from the routes (node generate.ts) and never edited by hand.
param name string
param location string
param publisherEmail string
param strategy string
param audience string

@description('Of tokens: where clients reach Sallyport.')
param issuer string
param apiUrl string
param postsUrl string

@description('One with addresses of its own, to which the function apps are then closed for everybody else.')
@allowed(['Developer', 'Basic', 'Standard', 'Premium'])
param sku string = 'Basic'

var operations = loadJsonContent('gateway/operations.json')

resource service 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: location
  sku: { name: sku, capacity: 1 }
  properties: {
    publisherEmail: publisherEmail
    publisherName: name
  }
}

var values = {
  'sallyport-issuer': issuer
  'sallyport-audience': audience
  'sallyport-api-url': apiUrl
  'sallyport-posts-url': postsUrl
}

resource namedValues 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [
  for value in items(values): {
    parent: service
    name: value.key
    properties: {
      displayName: value.key
      value: value.value
    }
  }
]

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: 'sallyport'
  properties: {
    displayName: 'Sallyport'
    path: ''
    protocols: ['https']
    subscriptionRequired: false
    serviceUrl: apiUrl
  }
}

@batchSize(1)
resource operation 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [
  for each in operations: {
    parent: api
    name: each.name
    properties: {
      displayName: each.name
      method: each.method
      urlTemplate: each.urlTemplate
      templateParameters: each.templateParameters
    }
  }
]

resource policy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: api
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: strategy == 'jwt' ? loadTextContent('gateway/policy-jwt.xml') : loadTextContent('gateway/policy-session.xml')
  }
  dependsOn: [namedValues, operation]
}

output addresses string[] = service.properties.publicIPAddresses
