import {
  type ExplainedExpression,
  type ExplainedRule,
  outcomeText,
} from '../../local/iot/rules/explain/index.ts';
import { type Output, visible } from '../terminal.ts';

/** What is longer is cut: `--json` has all of it. */
const MAX_TEXT_LENGTH = 600;

const MAX_DEPTH = 40;

/** An explained rule for people: the filter level by level, WHERE and SELECT part by part, templates filled in. */
export function explainedLines(rule: ExplainedRule, isDefaultVersion: boolean, out: Output): string[] {
  const version = `${rule.version}${isDefaultVersion ? ', AWS’s default: --version 2016-03-23 is the newer' : ''}`;
  return [
    `${out.paint('bold', 'SQL version')} ${version}`,
    ...section('payload', rule.payloadProblem === undefined ? [] : [`  ${cut(rule.payloadProblem)}`], out),
    ...filterLines(rule.filter, out),
    ...section(
      'SET',
      rule.variables.flatMap(({ name, explained }) => named(`@${name}`, explained, out)),
      out,
    ),
    ...section('WHERE', rule.where === undefined ? [] : tree(rule.where, 1, out), out),
    ...section(
      'SELECT',
      rule.columns.flatMap(({ key, explained }) => named(key ?? '*', explained, out)),
      out,
    ),
    ...resultLines(rule, out),
    ...section('templates', templateLines(rule, out), out),
    verdictLine(rule, out),
  ];
}

function filterLines(filter: ExplainedRule['filter'], out: Output): string[] {
  if (filter === undefined) return [];
  const width = Math.max(...filter.levels.map((level) => shown(level.filter).length));
  return section(
    'FROM',
    filter.levels.map((level) => {
      const mark = level.matches ? out.paint('green', 'matches') : out.paint('red', 'does not match');
      return `  ${shown(level.filter).padEnd(width)}  ${shown(level.topic)}  ${mark}`;
    }),
    out,
  );
}

/** A level of a topic; an empty one, and none at all, have names. */
function shown(level: string | undefined): string {
  if (level === undefined) return '(nothing)';
  return level === '' ? '(empty)' : visible(level);
}

function named(name: string, explained: ExplainedExpression, out: Output): string[] {
  if (explained.sql === name) return tree(explained, 1, out);
  const [first = '', ...rest] = tree(explained, 1, out);
  return [`${first}${out.paint('dim', `  AS ${visible(name)}`)}`, ...rest];
}

function tree({ sql, outcome, parts }: ExplainedExpression, depth: number, out: Output): string[] {
  const colour =
    outcome.kind === 'failure'
      ? 'red'
      : outcome.value === undefined
        ? 'yellow'
        : outcome.value === null
          ? 'yellow'
          : 'cyan';
  const line = `${'  '.repeat(depth)}${cut(sql)}  ${out.paint('dim', '→')} ${out.paint(colour, cut(outcomeText(outcome)))}`;
  if (depth > MAX_DEPTH) return [line];
  return [line, ...parts.flatMap((part) => tree(part, depth + 1, out))];
}

function resultLines({ result, verdict }: ExplainedRule, out: Output): string[] {
  const heading = verdict.runs ? 'result' : 'result, if it ran';
  const text =
    result.kind === 'failure'
      ? out.paint('red', `fails: ${cut(result.message)}`)
      : cut(result.kind === 'json' ? result.text : `base64:${result.text}`);
  return section(heading, [`  ${text}`], out);
}

function templateLines({ templates }: ExplainedRule, out: Output): string[] {
  return templates.map(({ place, source, text, problem }) => {
    const filled =
      text === undefined
        ? out.paint('red', `fails: ${cut(problem ?? '')}`)
        : out.paint('cyan', cut(JSON.stringify(text)));
    return `  ${place === undefined ? '' : `${visible(place)}  `}${cut(source)}  ${out.paint('dim', '→')} ${filled}`;
  });
}

function verdictLine({ verdict }: ExplainedRule, out: Output): string {
  if (verdict.runs) return out.paint('green', 'The rule runs its actions.');
  return out.paint('yellow', `The rule does not run: ${visible(verdict.why)}.`);
}

function section(heading: string, lines: readonly string[], out: Output): string[] {
  return lines.length === 0 ? [] : [out.paint('bold', heading), ...lines];
}

function cut(text: string): string {
  return visible(text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text);
}
