import { systemClock } from '../local/clock.ts';
import { createGateway, listenTcp } from '../local/iot/gateway/index.ts';
import type { IotMessage } from '../local/iot/message.ts';
import { createRulesEngine, readTopicRule } from '../local/iot/rules/index.ts';

/**
 * The gateway and the rules engine in a process of their own, with one rule: what comes on `bench/in` goes,
 * through one function, to `bench/out`. Tells its parent the port.
 */
const rule = readTopicRule({
  ruleName: 'bench',
  payload: {
    Sql: "SELECT upper(color) AS color, sentAt FROM 'bench/in'",
    AwsIotSqlVersion: '2016-03-23',
    Actions: [{ Republish: { Topic: 'bench/out', RoleArn: 'arn:aws:iam::000000000000:role/bench' } }],
  },
});

function publish(message: IotMessage): void {
  gateway.deliver(message);
  engine.evaluate(message);
}

const refuse = (): Promise<never> => Promise.reject(new Error('this rule only republishes'));
const gateway = createGateway({ clock: systemClock, publish });
const engine = createRulesEngine({
  rules: [rule],
  clock: systemClock,
  account: '000000000000',
  region: 'eu-west-1',
  services: { publish, putObject: refuse, putItem: refuse, invokeAsync: refuse, sendMessage: refuse },
  log: () => undefined,
});
const { port } = await listenTcp(gateway, { host: '127.0.0.1', port: 0, setting: 'the benchmark' });
process.send?.(port);
process.once('disconnect', () => process.exit());
