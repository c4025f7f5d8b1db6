/**
 * Settings of the systems that Plenum replaces, which mean nothing here, and what to do instead. A file of theirs is not
 * refused for them; it is warned about.
 */
export const formerNames: Readonly<Record<string, string>> = {
  SECRET_KEY: 'JWT_SECRET signs what there is to sign.',
  API_SECRET_KEY: 'JWT_SECRET signs what there is to sign.',
  JWT_ALGORITHM: 'tokens are signed with HS256.',
  JWT_EXPIRATION_HOURS: 'tokens are good for a day.',
  FLASK_DEBUG: 'LOG_LEVEL=debug says more.',
  DEBUG: 'LOG_LEVEL=debug says more.',
  DATABASE_SYNC_URL: 'DATABASE_URL is for all.',
  POSTGRES_DB: 'with Docker Compose it is plenum, otherwise DATABASE_URL names it.',
  POSTGRES_USER: 'with Docker Compose it is plenum, otherwise DATABASE_URL names it.',
  HTTPS_PORT: 'a proxy in front speaks TLS.',
  SERVER_DOMAIN: 'a proxy in front has the name.',
  CLOUDFLARE_TUNNEL_TOKEN: 'what stands in front has settings of its own.',
  FIBERQ_API_VERSION: 'the image is built here.',
  STORAGE_PHOTOS_DIR: 'there are no photos yet.',
  STORAGE_GPKG_DIR: 'there are no GeoPackages yet.',
  PGADMIN_EMAIL: 'there is no pgAdmin.',
  PGADMIN_PASSWORD: 'there is no pgAdmin.',
  MAX_PANEL_DIMENSION_MM: 'no panels are computed yet.',
  MIN_PANEL_DIMENSION_MM: 'no panels are computed yet.',
};

/** Settings of Plenum itself that have another name now. */
export const renamedSettings: Readonly<Record<string, string>> = {
  DOOR: 'MQTT_MODE',
  ALLOW_UNAUTHENTICATED: 'MQTT_ANONYMOUS',
};
