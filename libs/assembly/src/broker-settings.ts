/** The settings of who speaks with an MQTT broker in between: the bridge, and who gives devices their rights there. */
import { text } from '@plenum/config';

export const brokerSettings = {
  MQTT_URL: text({
    about:
      'The broker to subscribe at: mqtt://, mqtts://, ws:// or wss://, without credentials. MQTT_MODE=connect needs it.',
    example: 'mqtts://broker.example:8883',
    optional: true,
  }),
  MQTT_CA: text({
    about: 'A file with the authorities, as PEM, that may vouch for the broker, instead of those of the system.',
    example: '/etc/plenum/broker-ca.crt',
    optional: true,
  }),
  MQTT_CERT: text({
    about: 'A file with the certificate, as PEM, that Plenum shows to the broker.',
    example: '/etc/plenum/client.crt',
    optional: true,
  }),
  MQTT_KEY: text({
    about: 'A file with the key of MQTT_CERT, as PEM.',
    example: '/etc/plenum/client.key',
    optional: true,
  }),
  MQTT_DYNSEC_USERNAME: text({
    about:
      "A user who may administer the dynamic-security plugin of a Mosquitto at MQTT_URL. With it, nodes get their rights there, from what issues keys and from a bridge whose MQTT_MODE is `connect`; without it, the broker's rights are its operator's.",
    example: 'plenum-admin',
    optional: true,
  }),
  MQTT_DYNSEC_PASSWORD: text({ about: 'The password of MQTT_DYNSEC_USERNAME.', secret: true, optional: true }),
};
