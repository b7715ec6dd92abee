import type { EventBridge } from '../eventbridge/index.ts';
import type { Devices } from './devices.ts';
import type { Functions } from './functions.ts';
import type { MessageHub } from './hub.ts';
import type { Messages } from './messages.ts';
import type { Notifications } from './notifications.ts';
import type { Rules } from './rules.ts';
import type { Storage } from './storage.ts';

/** All that stands behind the doors. */
export interface Parts {
  readonly storage: Storage;
  readonly functions: Functions;
  readonly notifications: Notifications;
  readonly events: EventBridge;
  readonly hub: MessageHub;
  readonly rules: Rules;
  readonly devices: Devices;
  readonly messages: Messages;
}
