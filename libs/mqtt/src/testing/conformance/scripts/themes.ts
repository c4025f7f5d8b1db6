/** Every script, by theme. */
import type { Theme } from '../script.ts';
import { connectScripts } from './connect.ts';
import { connect5Scripts } from './connect5.ts';
import { flow5Scripts } from './flow5.ts';
import { keepalive5Scripts, keepaliveScripts } from './keepalive.ts';
import { malformedScripts } from './malformed.ts';
import { malformed5Scripts } from './malformed5.ts';
import { messageScripts } from './messages.ts';
import { option5Scripts } from './options5.ts';
import { overlap5Scripts } from './overlaps5.ts';
import { property5Scripts } from './properties5.ts';
import { publish5Scripts } from './publish5.ts';
import { sessionScripts } from './sessions.ts';
import { disconnect5Scripts, resume5Scripts, session5Scripts } from './sessions5.ts';
import { subscribe5Scripts } from './subscribe5.ts';
import { subscriptionScripts } from './subscriptions.ts';
import { textScripts } from './text.ts';
import { willScripts } from './wills.ts';
import { will5Scripts } from './wills5.ts';

export const themes: readonly Theme[] = [
  { level: 4, name: 'CONNECT', scripts: connectScripts },
  { level: 4, name: 'a malformed packet', scripts: malformedScripts },
  { level: 4, name: 'ill-formed text', scripts: textScripts },
  { level: 4, name: 'a session', scripts: sessionScripts },
  { level: 4, name: 'a will', scripts: willScripts },
  { level: 4, name: 'a message', scripts: messageScripts },
  { level: 4, name: 'a subscription', scripts: subscriptionScripts },
  { level: 4, name: 'keepalive', scripts: keepaliveScripts },
  { level: 5, name: 'CONNECT', scripts: connect5Scripts },
  { level: 5, name: 'a malformed packet', scripts: malformed5Scripts },
  { level: 5, name: 'PUBLISH', scripts: publish5Scripts },
  { level: 5, name: 'properties of a message', scripts: property5Scripts },
  { level: 5, name: 'SUBSCRIBE', scripts: subscribe5Scripts },
  { level: 5, name: 'subscription options', scripts: option5Scripts },
  { level: 5, name: 'overlapping subscriptions', scripts: overlap5Scripts },
  { level: 5, name: 'how long a session is kept', scripts: session5Scripts },
  { level: 5, name: 'a session that is resumed', scripts: resume5Scripts },
  { level: 5, name: 'DISCONNECT', scripts: disconnect5Scripts },
  { level: 5, name: 'a will', scripts: will5Scripts },
  { level: 5, name: 'what a client allows', scripts: flow5Scripts },
  { level: 5, name: 'keepalive', scripts: keepalive5Scripts },
];
