/** Every script, by theme. */
import type { Script } from '../script.ts';
import { connectScripts } from './connect.ts';
import { malformedScripts } from './malformed.ts';
import { messageScripts } from './messages.ts';
import { sessionScripts } from './sessions.ts';
import { subscriptionScripts } from './subscriptions.ts';
import { textScripts } from './text.ts';
import { willScripts } from './wills.ts';

export const themes: Readonly<Record<string, readonly Script[]>> = {
  CONNECT: connectScripts,
  'a malformed packet': malformedScripts,
  'ill-formed text': textScripts,
  'a session': sessionScripts,
  'a will': willScripts,
  'a message': messageScripts,
  'a subscription': subscriptionScripts,
};
