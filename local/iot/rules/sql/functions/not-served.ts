/** Functions that AWS IoT SQL has and this cloud does not serve yet, by family, in lower case. */
const families = {
  mathematics:
    'abs acos asin atan atan2 bitand bitor bitxor bitnot ceil cos cosh exp floor ln log mod nanvl power rand ' +
    'remainder round sign sin sinh sqrt tan tanh trunc',
  text:
    'chr concat endswith indexof length lower lpad ltrim numbytes regexp_matches regexp_replace regexp_substr ' +
    'replace rpad rtrim startswith substring trim upper',
  hashing: 'md2 md5 sha1 sha224 sha256 sha384 sha512',
  values: 'cast decode encode get get_or_default isnull isundefined transform',
  time: 'parse_time time_to_epoch',
  message: 'accountid get_mqtt_property get_user_properties sourceip sql_version',
  services: 'aws_lambda get_dynamodb get_registry_data get_secret get_thing_shadow machinelearning_predict',
};

export const functionsNotServedYet: ReadonlySet<string> = new Set(
  Object.values(families).flatMap((names) => names.split(' ')),
);
