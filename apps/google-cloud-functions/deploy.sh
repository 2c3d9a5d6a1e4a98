#!/bin/sh
# Deploys the API and the posts function to Google Cloud, with all that they need: database, clean-up policies, secrets, service accounts; and API Gateway in front if asked.
# Can be run again at any time: what is there stays. Secrets are made here, never printed, and never leave Secret Manager but into the API.
#
#   PROJECT=my-project REGION=europe-west1 sh apps/google-cloud-functions/deploy.sh
#
#   PROJECT, REGION   required
#   PUBLIC_URL        where clients reach the API, the issuer of its tokens; by default the address that Cloud Run will give it. Never change it later.
#   DATABASE          a Firestore database in Datastore mode; by default the one called (default)
#   GATEWAY           "yes": API Gateway in front; then nobody but the gateway can call the posts function
#   ALLOWED_ORIGINS   origins of browser applications, separated by commas
set -eu
cd "$(dirname "$0")/../.."

: "${PROJECT:?}" "${REGION:?}"
GATEWAY=${GATEWAY:-no}
DATABASE=${DATABASE:-(default)}
gcloud() { command gcloud "$@" --project="$PROJECT" --quiet; }
is_there() { gcloud "$@" >/dev/null 2>&1; }

NUMBER=$(gcloud projects describe "$PROJECT" --format='value(projectNumber)')
API_URL="https://sallyport-api-$NUMBER.$REGION.run.app"
POSTS_URL="https://sallyport-posts-$NUMBER.$REGION.run.app"
PUBLIC_URL=${PUBLIC_URL:-$API_URL}

echo "Services"
gcloud services enable cloudfunctions.googleapis.com run.googleapis.com cloudbuild.googleapis.com artifactregistry.googleapis.com \
  firestore.googleapis.com datastore.googleapis.com secretmanager.googleapis.com iam.googleapis.com

echo "Database"
is_there firestore databases describe --database="$DATABASE" ||
  gcloud firestore databases create --database="$DATABASE" --location="$REGION" --type=datastore-mode
if [ "$(gcloud firestore databases describe --database="$DATABASE" --format='value(type)')" != DATASTORE_MODE ]; then
  echo "The database $DATABASE is not in Datastore mode. Name another one by DATABASE." >&2
  exit 1
fi
# What `npm run store -- describe --store datastore` prints: clean-up only, and no index.
for kind in SallyportSessionFloor SallyportSession SallyportOneTimeToken SallyportCounter; do
  gcloud firestore fields ttls update expireAt --collection-group="$kind" --enable-ttl --async --database="$DATABASE"
done

echo "Service accounts"
for name in api posts; do
  account="sallyport-$name@$PROJECT.iam.gserviceaccount.com"
  is_there iam service-accounts describe "$account" || gcloud iam service-accounts create "sallyport-$name" --display-name="Sallyport $name"
  gcloud projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$account" --role=roles/datastore.user --condition=None >/dev/null
done

echo "Secrets"
for name in refresh-secret key-encryption-secret password-pepper; do
  is_there secrets describe "sallyport-$name" ||
    openssl rand -base64 48 | tr -d '\n' | tr '+/' '-_' | gcloud secrets create "sallyport-$name" --replication-policy=automatic --data-file=-
  # Only the API reads them, and no other secret.
  gcloud secrets add-iam-policy-binding "sallyport-$name" --role=roles/secretmanager.secretAccessor \
    --member="serviceAccount:sallyport-api@$PROJECT.iam.gserviceaccount.com" >/dev/null
done

echo "Functions"
npm run --silent build -w apps/google-cloud-functions
variables="NODE_ENV=production|SALLYPORT_PUBLIC_URL=$PUBLIC_URL|SALLYPORT_DATASTORE_PROJECT=$PROJECT"
[ "$DATABASE" = '(default)' ] || variables="$variables|SALLYPORT_DATASTORE_DATABASE=$DATABASE"
[ -z "${ALLOWED_ORIGINS:-}" ] || variables="$variables|SALLYPORT_ALLOWED_ORIGINS=$ALLOWED_ORIGINS"
deploy() {
  name=$1
  shift
  gcloud functions deploy "sallyport-$name" --gen2 --region="$REGION" --runtime=nodejs24 --trigger-http \
    --source="apps/google-cloud-functions/dist/functions/$name" --entry-point="$name" \
    --run-service-account="sallyport-$name@$PROJECT.iam.gserviceaccount.com" \
    --timeout=30s --memory=512Mi --cpu=1 --concurrency=80 --max-instances=20 "$@"
}
# The address of the key set: everybody may call the API.
deploy api --allow-unauthenticated --set-env-vars="^|^$variables" \
  --set-secrets=SALLYPORT_REFRESH_SECRET=sallyport-refresh-secret:latest,SALLYPORT_KEY_ENCRYPTION_SECRET=sallyport-key-encryption-secret:latest,SALLYPORT_PASSWORD_PEPPER=sallyport-password-pepper:latest
if [ "$GATEWAY" = yes ]; then
  deploy posts --no-allow-unauthenticated --set-env-vars="^|^$variables|SALLYPORT_FRONT=api-gateway"
else
  deploy posts --allow-unauthenticated --set-env-vars="^|^$variables"
fi

if [ "$GATEWAY" = yes ]; then
  echo "API Gateway"
  gcloud services enable apigateway.googleapis.com servicemanagement.googleapis.com servicecontrol.googleapis.com
  account="sallyport-gateway@$PROJECT.iam.gserviceaccount.com"
  is_there iam service-accounts describe "$account" || gcloud iam service-accounts create sallyport-gateway --display-name="Sallyport gateway"
  gcloud functions add-invoker-policy-binding sallyport-posts --region="$REGION" --member="serviceAccount:$account" >/dev/null
  specification=$(mktemp)
  trap 'rm -f "$specification"' EXIT
  sed -e "s|\${API_URL}|$API_URL|g" -e "s|\${POSTS_URL}|$POSTS_URL|g" -e "s|\${PUBLIC_URL}|$PUBLIC_URL|g" \
    apps/google-cloud-functions/templates/gateway.json >"$specification"
  version="v$(cksum <"$specification" | cut -d ' ' -f 1)"
  is_there api-gateway apis describe sallyport || gcloud api-gateway apis create sallyport
  is_there api-gateway api-configs describe "$version" --api=sallyport ||
    gcloud api-gateway api-configs create "$version" --api=sallyport --openapi-spec="$specification" --backend-auth-service-account="$account"
  if is_there api-gateway gateways describe sallyport --location="$REGION"; then
    gcloud api-gateway gateways update sallyport --api=sallyport --api-config="$version" --location="$REGION"
  else
    gcloud api-gateway gateways create sallyport --api=sallyport --api-config="$version" --location="$REGION"
  fi
  gcloud api-gateway gateways describe sallyport --location="$REGION" --format='value(defaultHostname)'
else
  echo "API    $API_URL"
  echo "Posts  $POSTS_URL/posts"
fi
