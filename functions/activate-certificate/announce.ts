import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { GlasshouseError } from '../../shared/errors.ts';
import { publishJson } from '../../shared/publish.ts';

/** What is told of a device that was activated. */
export interface Activated {
  readonly thingName: string;
  readonly certificateId: string;
  /** Absent for a certificate that AWS IoT itself has issued. */
  readonly caCertificateId?: string;
  /** ISO 8601 in UTC. */
  readonly activatedAt: string;
}

/** What is told of a certificate that was not activated. */
export interface Held {
  readonly certificateId: string;
  readonly caCertificateId?: string | undefined;
  readonly commonName?: string | undefined;
  readonly reason: string;
  readonly detail: string;
  /** What was done with it: `hold`, `deactivate` or `revoke`, and never only noted. */
  readonly action: string;
}

/** Tells others. Each may be told the same thing twice, and knows it by its certificate. */
export interface Announcer {
  /** On `devices/<thing>/activated`, and on the event bus where there is one. */
  activated(device: Activated): Promise<void>;
  /** People, by the notifications topic. */
  held(certificate: Held): Promise<void>;
}

/** The event bus has not taken an event. */
export class EventBusError extends GlasshouseError {
  override readonly name = 'EventBusError' as const;
}

export const EVENT_SOURCE = 'glasshouse';
export const EVENT_DETAIL_TYPE = 'Device Activated';

export interface AnnouncerOptions {
  readonly iotData: () => IoTDataPlaneClient;
  readonly sns: () => SNSClient;
  readonly eventBridge: () => EventBridgeClient;
  /** undefined: no events are put on a bus. */
  readonly eventBusName: string | undefined;
  readonly notificationsTopicArn: string;
}

export function createAnnouncer(options: AnnouncerOptions): Announcer {
  const { iotData, sns, eventBridge, eventBusName, notificationsTopicArn } = options;
  return {
    async activated(device) {
      await publishJson(iotData(), `devices/${device.thingName}/activated`, device);
      if (eventBusName === undefined) return;
      const { FailedEntryCount: failed, Entries: entries = [] } = await eventBridge().send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: eventBusName,
              Source: EVENT_SOURCE,
              DetailType: EVENT_DETAIL_TYPE,
              Detail: JSON.stringify(device),
            },
          ],
        }),
      );
      if (failed === undefined || failed === 0) return;
      // PutEvents answers 200 also when it has taken nothing.
      const { ErrorCode: code, ErrorMessage: message } = entries[0] ?? {};
      throw new EventBusError(`the event bus ${eventBusName} has not taken the event: ${message ?? code}`, {
        code: 'EVENT_NOT_TAKEN',
        retryable: true,
        data: { eventBusName, errorCode: code },
      });
    },

    async held(certificate) {
      await sns().send(
        new PublishCommand({
          TopicArn: notificationsTopicArn,
          Subject: `Certificate not activated: ${certificate.reason}`,
          Message: JSON.stringify(certificate),
          MessageAttributes: { reason: { DataType: 'String', StringValue: certificate.reason } },
        }),
      );
    },
  };
}
