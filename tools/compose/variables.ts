/** What docker-compose.yml takes from .env and no app is given under that name. */
import { port, text } from '@plenum/config';

export const settings = {
  POSTGRES_PASSWORD: text({
    about:
      'The password of PostgreSQL, set when its volume is made. It ends up in a URL, so it has letters and digits only.',
    secret: true,
  }),
  MQTT_DEVICE_PASSWORD: text({
    about: 'What devices log in to Mosquitto with, as the user `device`.',
    secret: true,
  }),
  HTTP_PORT: port({ about: 'Where this machine publishes the API.', fallback: 8000 }),
};
