import { filtersMeet } from '../meeting.ts';
import type { Check, Found } from '../finding.ts';
import type { LintRule } from '../template.ts';

const SHADOW_ENDS = [
  ...['get', 'update', 'delete'].flatMap((operation) => [
    operation,
    `${operation}/accepted`,
    `${operation}/rejected`,
  ]),
  'update/delta',
  'update/documents',
];

const JOB_ENDS = ['get', 'start-next', '+/get', '+/update', 'notify', 'notify-next'];

/**
 * Every reserved topic on which AWS IoT or a device can publish. Source: "Reserved topics" in the developer guide.
 * `$aws/rules/…` is not among them: Basic Ingest takes its messages past the broker, and no FROM sees them.
 */
const PUBLISHED: readonly string[] = [
  '$aws/events/#',
  ...SHADOW_ENDS.flatMap((end) => [`$aws/things/+/shadow/${end}`, `$aws/things/+/shadow/name/+/${end}`]),
  ...JOB_ENDS.flatMap((end) => [`$aws/things/+/jobs/${end}`]),
  ...['defender/metrics/#', 'streams/#', 'tunnels/notify'].map((end) => `$aws/things/+/${end}`),
  '$aws/certificates/create/#',
  '$aws/certificates/create-from-csr/#',
  '$aws/provisioning-templates/+/provision/#',
  '$aws/device_location/#',
  '$aws/commands/#',
  '$aws/sitewise/#',
];

export const reservedTopic: Check = {
  code: 'RESERVED_TOPIC',
  severity: 'error',
  explain: 'Topics that begin with $ are AWS’s own: only those that it documents are ever published on.',
  find: ({ rules }) => rules.flatMap((rule) => [...unpublished(rule), ...refused(rule)]),
};

function unpublished({ logicalId, sql }: LintRule): Found[] {
  const filter = sql.statement?.topicFilter;
  if (filter?.startsWith('$') !== true || PUBLISHED.some((known) => filtersMeet(filter, known))) return [];
  const advice = filter.startsWith('$aws/rules')
    ? 'a message on $aws/rules/<rule>/… runs the rule of that name whatever its FROM is; leave FROM out'
    : filter.startsWith('$share')
      ? 'rules take no shared subscriptions; write the filter alone'
      : 'check its spelling against the reserved topics of AWS IoT, or use a topic without $';
  return [
    {
      logicalId,
      path: ['TopicRulePayload', 'Sql'],
      message: `nobody can publish on '${filter}', so the rule never runs: ${advice}`,
    },
  ];
}

function refused({ logicalId, actions, errorAction }: LintRule): Found[] {
  const all = errorAction === undefined ? actions : [...actions, errorAction];
  return all.flatMap(({ kind, settings: { Topic: topic }, path }) => {
    if (kind !== 'Republish' || typeof topic !== 'string' || !/^\$(?![${])/.test(topic)) return [];
    return [
      {
        logicalId,
        path: [...path, 'Topic'],
        message: `the action fails for every message: a reserved topic is republished on with $$; write '$${topic}'`,
      },
    ];
  });
}
