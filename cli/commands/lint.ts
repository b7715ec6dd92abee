import path from 'node:path';
import { CHECKS, type Finding, lintTemplate } from '../../local/lint/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { readService } from '../lint/service.ts';
import type { At } from '../lint/yaml-tree.ts';
import { counted, type Output, visible } from '../terminal.ts';

interface Located extends Finding {
  readonly at: At;
}

export const command: Command = {
  usage: ['lint [FILE] [options]'],
  description: [
    'Looks through serverless.yml and the files that it includes for what AWS takes and what then does',
    'not work, or not as it looks: topics that nobody can publish, filters that never meet, templates that',
    'name aliases, missing permissions, keys that are not the table’s. Each finding says where it stands,',
    'what will happen on AWS, and the way out. Nothing is run or deployed; no cloud is needed.',
    '',
    'Variables of serverless are filled in as far as the files tell them.',
  ],
  options: {
    stage: { type: 'string', value: 'NAME', help: 'the stage to fill in (default: that of the provider)' },
    json: { type: 'boolean', help: 'prints every finding as one line of JSON' },
    explain: { type: 'boolean', help: 'prints what is looked for, and looks for nothing' },
  },
  examples: [
    ['lint', 'the service in this folder'],
    ['lint ../other/serverless.yml --stage prod', 'another one'],
    [`lint --json | jq -r 'select(.severity == "error") | .message'`, 'the errors'],
  ],
  exitCodes: [
    [0, 'no finding, or warnings only'],
    [1, 'an error was found, or a file cannot be read'],
    [2, 'wrongly called: an unknown option'],
  ],
  async run(args, { cwd, env, out, err }) {
    if (args.flag('explain')) {
      for (const { code, severity, explain } of CHECKS) await out.line(`${code} (${severity}): ${explain}`);
      return undefined;
    }
    const [file = 'serverless.yml', ...more] = args.positionals;
    if (more.length > 0) throw args.wrong('lint takes one file: it finds those that serverless.yml includes');
    const stage = args.text('stage');
    const service = readService({
      file: path.resolve(cwd, file),
      ...(stage === undefined ? {} : { stage }),
      env,
    });
    const findings = lintTemplate(service.resources).map((finding): Located => {
      return { ...finding, at: service.locate(finding.logicalId, finding.path) };
    });
    for (const note of service.notes) await err.line(err.paint('dim', note));
    for (const finding of findings.toSorted(bySeverityAndPlace)) {
      await out.line(args.flag('json') ? findingJson(finding) : findingLine(finding, out));
    }
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    await err.line(summary(errors, findings.length - errors, Object.keys(service.resources).length));
    return errors === 0 ? EXIT.done : EXIT.failed;
  },
};

function bySeverityAndPlace(a: Located, b: Located): number {
  const order = (one: Located): string =>
    `${one.severity} ${one.at.file} ${String(one.at.line).padStart(6, '0')}`;
  return order(a) < order(b) ? -1 : 1;
}

function findingLine({ at, severity, code, logicalId, message }: Located, out: Output): string {
  const label = out.paint(severity === 'error' ? 'red' : 'yellow', `${severity} ${code}`);
  return `${visible(at.file)}:${at.line}: ${label}: ${visible(logicalId)}: ${visible(message)}`;
}

function findingJson({ at, severity, code, logicalId, path: place, message }: Located): string {
  return JSON.stringify({ ...at, severity, code, logicalId, path: place, message });
}

function summary(errors: number, warnings: number, resources: number): string {
  const looked = `in ${counted(resources, 'resource')}`;
  if (errors + warnings === 0) return `nothing found ${looked}`;
  return `${counted(errors, 'error')} and ${counted(warnings, 'warning')} ${looked}`;
}
