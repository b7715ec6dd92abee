import type { Clock } from '../clock.ts';
import type { MetricDatum } from '../cloudwatch/metric.ts';
import type { OutboxKind } from '../outbox/kinds.ts';
import type { MessageAttribute } from './notification.ts';
import type { Signer } from './signature/signer.ts';

/** Where messages of topics go. What rejects is a delivery that failed. */
export interface SnsTargets {
  readonly sendMessage: (message: {
    readonly queueArn: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, MessageAttribute>>;
  }) => Promise<unknown>;
  readonly invokeAsync: (functionArn: string, event: unknown) => Promise<void>;
  /** Takes what leaves for a phone or a mailbox. */
  readonly keep: (kind: OutboxKind, record: Readonly<Record<string, unknown>>) => void;
  /**
   * Refuses a delivery that nothing allows: a queue's policy and a function's permission have to let SNS in.
   *
   * @default nothing is refused
   */
  readonly authorise?: (delivery: { readonly topicArn: string; readonly endpoint: string }) => void;
  /**
   * Takes the metrics of the namespace `AWS/SNS`.
   *
   * @default nothing is counted
   */
  readonly putMetric?: (datum: MetricDatum) => void;
}

export interface DeliveryContext {
  readonly targets: SnsTargets;
  readonly clock: Clock;
  /** `http://127.0.0.1:<port>` */
  readonly baseUrl: string;
  readonly signer: Signer;
  /** How text messages are sent where they do not say. */
  readonly sms: {
    attributes(): Readonly<Record<string, string>>;
    isOptedOut(phoneNumber: string): boolean;
  };
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}
