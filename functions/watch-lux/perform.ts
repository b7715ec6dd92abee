import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { CommandStore } from '../../shared/greenhouse/command-store.ts';
import { publishedCommand } from '../../shared/greenhouse/command.ts';
import { commandTopic } from '../../shared/greenhouse/topics.ts';
import type { Effect, Notice } from './effect.ts';

export interface PerformServices {
  readonly commands: CommandStore;
  readonly publish: (
    topic: string,
    message: unknown,
    options?: { readonly retain: boolean },
  ) => Promise<void>;
  readonly tellPeople: (zone: string, notice: Notice) => Promise<void>;
  readonly now: () => number;
}

/**
 * Does what a decision has left to do, in the order in which it was decided. Every effect may be done twice: a
 * command that is there already is not queued again, one that has ended is not given up, and people are told the
 * same thing again at worst.
 */
export async function perform(
  zone: string,
  effects: readonly Effect[],
  { commands, publish, tellPeople, now }: PerformServices,
): Promise<void> {
  for (const effect of effects) {
    switch (effect.kind) {
      case 'command': {
        const { command } = await commands.queue(effect.command);
        // Only one that waits is published: what has become of the others was published by whoever ended them.
        if (command?.status === 'QUEUED') await publish(commandTopic(zone), publishedCommand(command));
        break;
      }
      case 'give-up': {
        const command = await commands.load(zone, effect.sequence);
        const isOpen =
          effect.status === 'EXPIRED' ? command?.status === 'QUEUED' : command?.status === 'SENT';
        if (command === undefined || !isOpen) break;
        const emitted = effect.status === 'EXPIRED' ? 'no' : 'unknown';
        const given = await commands.advance(command, effect.status, { emitted, endedAtMs: now() });
        if (given.changed && given.command !== undefined) {
          await publish(commandTopic(zone), publishedCommand(given.command));
        }
        break;
      }
      case 'notice':
        await tellPeople(zone, effect.notice);
        break;
    }
  }
}

/** Tells people by an SNS topic: the text alone, so that it fits a phone; what it is about as attributes. */
export function createTeller(sns: () => SNSClient, topicArn: string): PerformServices['tellPeople'] {
  return async (zone, { kind, about, text, suppressed }) => {
    const more = suppressed === 0 ? '' : ` (${suppressed} more of these were not told)`;
    const attributes = { zone, kind, about };
    await sns().send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: `Greenhouse ${zone}: ${kind}`.slice(0, 100),
        Message: `${text}${more}`,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      }),
    );
  };
}
