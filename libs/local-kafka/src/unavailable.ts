/** A local broker or registry cannot be had on this machine: no Java, no Maven, nothing to download. */
export class LocalKafkaUnavailable extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'LocalKafkaUnavailable';
  }
}
