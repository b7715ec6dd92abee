import { expect, test } from 'vitest';
import { findFunction, servedFunctions } from '../../../../../local/iot/rules/sql/functions/registry.ts';

/** The index of the AWS reference. */
const documented =
  'abs accountid acos asin atan atan2 aws_lambda bitand bitor bitxor bitnot cast ceil chr clientid concat cos cosh ' +
  'decode encode endswith exp floor get get_dynamodb get_mqtt_property get_or_default get_registry_data get_secret ' +
  'get_thing_shadow get_user_properties indexof isNull isUndefined length ln log lower lpad ltrim md2 md5 mod nanvl ' +
  'newuuid numbytes parse_time power principal rand regexp_matches regexp_replace regexp_substr remainder replace ' +
  'round rpad rtrim sha1 sha224 sha256 sha384 sha512 sign sin sinh sourceip sql_version sqrt startswith substring ' +
  'tan tanh time_to_epoch timestamp topic traceid transform trim trunc upper';

/** Those that 2015-10-08 has not. */
const late =
  'decode encode get_dynamodb get_or_default get_registry_data get_thing_shadow indexof isUndefined length numbytes ' +
  'parse_time time_to_epoch transform';

test('Every documented function is served, each once, by its name.', () => {
  const names = servedFunctions.map(({ name }) => name);
  expect([...names].sort()).toEqual(documented.split(' ').sort());
});

test('The functions of 2016-03-23 are marked.', () => {
  const marked = servedFunctions.filter(({ sinceVersion }) => sinceVersion === '2016-03-23');
  expect(marked.map(({ name }) => name).sort()).toEqual(late.split(' ').sort());
});

test('A name is found in any case.', () => {
  expect(findFunction('ISUNDEFINED', 1).name).toBe('isUndefined');
});

test('A signature begins with its name and tells the number of arguments.', () => {
  for (const { name, signature, minArguments, maxArguments } of servedFunctions) {
    expect(signature.startsWith(`${name}(`)).toBe(true);
    expect(minArguments).toBeLessThanOrEqual(maxArguments);
    expect(signature.endsWith('()')).toBe(maxArguments === 0);
  }
});

test('machinelearning_predict() is refused by its name.', () => {
  expect(() => findFunction('machinelearning_predict', 8)).toThrow(
    expect.objectContaining({ code: 'NOT_SERVED_YET', column: 8 }),
  );
});
