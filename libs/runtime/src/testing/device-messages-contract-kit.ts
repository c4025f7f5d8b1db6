/** What the contract of ways down to devices is given to try one with. */
import type { TestContext } from 'node:test';
import type { DeviceMessage, DeviceMessageProperties, DeviceMessages } from '../device-messages.ts';

export type OpenedDeviceMessages = {
  readonly messages: DeviceMessages;
  /** Who acknowledges. */
  readonly by: 'device' | 'broker';
  /** A device of MQTT 5 that subscribes with QoS 2, and takes what it is sent. */
  device(filter: string): Promise<ContractDevice>;
  /** Nothing is acknowledged from here on. */
  silence(): void;
  /** What is published there is acknowledged with this reason, a refusal. */
  readonly refusing: { readonly topic: string; readonly reason: number };
  close(): Promise<void>;
};

export type ContractDevice = { received(): Promise<SentToDevice> };

export type SentToDevice = Pick<DeviceMessage, 'topic'> & {
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly messageExpiryS: number | undefined;
  readonly properties: DeviceMessageProperties;
};

/** Called once per test: nobody is connected and nothing was published. What is left open is closed after the test. */
export type OpenDeviceMessages = (t: TestContext) => Promise<OpenedDeviceMessages>;
