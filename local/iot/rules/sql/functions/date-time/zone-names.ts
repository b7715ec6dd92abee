/**
 * English names of time zones: the long one, the short one, and a zone that bears both. Of several zones with one short
 * name the first counts when a text is read: CST is Chicago's, IST is India's.
 */
const ZONE_NAMES = `
Coordinated Universal Time|UTC|UTC
Greenwich Mean Time|GMT|GMT
Eastern Standard Time|EST|America/New_York
Eastern Daylight Time|EDT|America/New_York
Central Standard Time|CST|America/Chicago
Central Daylight Time|CDT|America/Chicago
Mountain Standard Time|MST|America/Denver
Mountain Daylight Time|MDT|America/Denver
Pacific Standard Time|PST|America/Los_Angeles
Pacific Daylight Time|PDT|America/Los_Angeles
Alaska Standard Time|AKST|America/Juneau
Alaska Daylight Time|AKDT|America/Juneau
Hawaii-Aleutian Standard Time|HST|Pacific/Honolulu
Hawaii-Aleutian Daylight Time|HADT|America/Adak
Atlantic Standard Time|AST|America/Halifax
Atlantic Daylight Time|ADT|America/Halifax
British Summer Time|BST|Europe/London
Central European Standard Time|CET|Europe/Paris
Central European Summer Time|CEST|Europe/Paris
Eastern European Standard Time|EET|Europe/Helsinki
Eastern European Summer Time|EEST|Europe/Helsinki
Western European Standard Time|WET|Atlantic/Canary
Western European Summer Time|WEST|Atlantic/Canary
India Standard Time|IST|Asia/Kolkata
Japan Standard Time|JST|Asia/Tokyo
Korean Standard Time|KST|Asia/Seoul
China Standard Time|CST|Asia/Shanghai
Australian Central Standard Time|ACST|Australia/Adelaide
Acre Standard Time|ACT|America/Rio_Branco
Afghanistan Time|AFT|Asia/Kabul
Amazon Standard Time|AMT|America/Manaus
Amazon Summer Time|AMST|America/Manaus
American Samoa Standard Time|SST|Pacific/Pago_Pago
Arabian Standard Time|AST|Asia/Riyadh
Argentina Standard Time|ART|America/Argentina/Buenos_Aires
Armenia Standard Time|AMT|Asia/Yerevan
Australian Central Daylight Time|ACDT|Australia/Adelaide
Australian Central Western Standard Time|ACWST|Australia/Eucla
Australian Eastern Daylight Time|AEDT|Australia/Sydney
Australian Eastern Standard Time|AEST|Australia/Sydney
Australian Western Standard Time|AWST|Australia/Perth
Azerbaijan Standard Time|AZT|Asia/Baku
Azores Standard Time|AZOT|Atlantic/Azores
Azores Summer Time|AZOST|Atlantic/Azores
Bangladesh Standard Time|BDT|Asia/Dhaka
Bhutan Time|BTT|Asia/Thimphu
Bolivia Time|BOT|America/La_Paz
Brasilia Standard Time|BRT|America/Sao_Paulo
Brasilia Summer Time|BRST|America/Sao_Paulo
Brunei Time|BNT|Asia/Kuching
Cape Verde Standard Time|CVT|Atlantic/Cape_Verde
Casey Time|AWST|Antarctica/Casey
Central Africa Time|CAT|Africa/Maputo
Central Indonesia Time|WITA|Asia/Makassar
Chamorro Standard Time|ChST|Pacific/Guam
Chatham Daylight Time|CHADT|Pacific/Chatham
Chatham Standard Time|CHAST|Pacific/Chatham
Chile Standard Time|CLT|America/Santiago
Chile Summer Time|CLST|America/Santiago
Christmas Island Time|CXT|Asia/Bangkok
Chuuk Time|CHUT|Pacific/Port_Moresby
Cocos Islands Time|CCT|Asia/Yangon
Colombia Standard Time|COT|America/Bogota
Cook Islands Standard Time|CKT|Pacific/Rarotonga
Cuba Daylight Time|CDT|America/Havana
Cuba Standard Time|CST|America/Havana
Davis Time|DAVT|Antarctica/Davis
Dumont d’Urville Time|DDUT|Pacific/Port_Moresby
East Africa Time|EAT|Africa/Nairobi
East Greenland Standard Time|EGT|America/Scoresbysund
East Greenland Summer Time|EGST|America/Scoresbysund
East Kazakhstan Time|ALMT|Asia/Almaty
Easter Island Standard Time|EAST|Pacific/Easter
Easter Island Summer Time|EASST|Pacific/Easter
Eastern Indonesia Time|WIT|Asia/Jayapura
Ecuador Time|ECT|America/Guayaquil
Falkland Islands Standard Time|FKT|Atlantic/Stanley
Fernando de Noronha Standard Time|FNT|America/Noronha
Fiji Standard Time|FJT|Pacific/Fiji
Fiji Summer Time|FJST|Pacific/Fiji
French Guiana Time|GFT|America/Cayenne
French Southern & Antarctic Time|TFT|Indian/Maldives
Galapagos Time|GALT|Pacific/Galapagos
Gambier Time|GAMT|Pacific/Gambier
Georgia Standard Time|GET|Asia/Tbilisi
Gilbert Islands Time|GILT|Pacific/Tarawa
Greenland Standard Time|WGT|America/Nuuk
Greenland Summer Time|WGST|America/Nuuk
Gulf Standard Time|GST|Asia/Dubai
Guyana Time|GYT|America/Guyana
Hong Kong Standard Time|HKT|Asia/Hong_Kong
Indian Ocean Time|IOT|Indian/Chagos
Indochina Time|ICT|Asia/Bangkok
Iran Daylight Time|IRDT|Asia/Tehran
Iran Standard Time|IRST|Asia/Tehran
Irish Standard Time|IST|Europe/Dublin
Irkutsk Standard Time|IRKT|Asia/Irkutsk
Israel Daylight Time|IDT|Asia/Jerusalem
Israel Standard Time|IST|Asia/Jerusalem
Kamchatka Standard Time|PETT|Asia/Kamchatka
Kazakhstan Time|AQTT|Asia/Aqtobe
Khovd Standard Time|HOVT|Asia/Hovd
Kosrae Time|KOST|Pacific/Kosrae
Krasnoyarsk Standard Time|KRAT|Asia/Krasnoyarsk
Kyrgyzstan Time|KGT|Asia/Bishkek
Line Islands Time|LINT|Pacific/Kiritimati
Lord Howe Daylight Time|LHDT|Australia/Lord_Howe
Lord Howe Standard Time|LHST|Australia/Lord_Howe
Magadan Standard Time|MAGT|Asia/Magadan
Malaysia Time|MYT|Asia/Kuching
Maldives Time|MVT|Indian/Maldives
Marquesas Time|MART|Pacific/Marquesas
Marshall Islands Time|MHT|Pacific/Tarawa
Mauritius Standard Time|MUT|Indian/Mauritius
Mawson Time|MAWT|Antarctica/Mawson
Mexican Pacific Daylight Time|MDT|America/Mazatlan
Mexican Pacific Standard Time|MST|America/Mazatlan
Moscow Standard Time|MSK|Europe/Moscow
Myanmar Time|MMT|Asia/Yangon
Nauru Time|NRT|Pacific/Nauru
Nepal Time|NPT|Asia/Kathmandu
New Caledonia Standard Time|NCT|Pacific/Noumea
New Zealand Daylight Time|NZDT|Pacific/Auckland
New Zealand Standard Time|NZST|Pacific/Auckland
Newfoundland Daylight Time|NDT|America/St_Johns
Newfoundland Standard Time|NST|America/St_Johns
Niue Time|NUT|Pacific/Niue
Norfolk Island Daylight Time|NFST|Pacific/Norfolk
Norfolk Island Standard Time|NFT|Pacific/Norfolk
North Korea Time|KST|Asia/Seoul
Omsk Standard Time|OMST|Asia/Omsk
Pakistan Standard Time|PKT|Asia/Karachi
Palau Time|PWT|Pacific/Palau
Papua New Guinea Time|PGT|Pacific/Port_Moresby
Paraguay Standard Time|PYT|America/Asuncion
Paraguay Summer Time|PYST|America/Asuncion
Peru Standard Time|PET|America/Lima
Philippine Standard Time|PST|Asia/Manila
Phoenix Islands Time|PHOT|Pacific/Kanton
Pitcairn Time|PST|Pacific/Pitcairn
Pohnpei Time|PONT|Pacific/Guadalcanal
Rothera Time|ROTT|Antarctica/Rothera
Réunion Time|RET|Asia/Dubai
Samara Standard Time|SAMT|Europe/Samara
Samoa Daylight Time|WSDT|Pacific/Pago_Pago
Samoa Standard Time|WSST|Pacific/Pago_Pago
Seychelles Time|SCT|Asia/Dubai
Singapore Standard Time|SGT|Asia/Singapore
Solomon Islands Time|SBT|Pacific/Guadalcanal
South Africa Standard Time|SAST|Africa/Johannesburg
South Georgia Time|GST|Atlantic/South_Georgia
St. Pierre & Miquelon Daylight Time|PMDT|America/Miquelon
St. Pierre & Miquelon Standard Time|PMST|America/Miquelon
Suriname Time|SRT|America/Paramaribo
Syowa Time|SYOT|Asia/Riyadh
Tahiti Time|TAHT|Pacific/Tahiti
Taiwan Standard Time|CST|America/Chicago
Tajikistan Time|TJT|Asia/Dushanbe
Timor-Leste Time|TLT|Asia/Dili
Tokelau Time|TKT|Pacific/Fakaofo
Tonga Standard Time|TOT|Pacific/Tongatapu
Tonga Summer Time|TOST|Pacific/Tongatapu
Turkmenistan Standard Time|TMT|Asia/Ashgabat
Tuvalu Time|TVT|Pacific/Tarawa
Türkiye Standard Time|TRT|Europe/Istanbul
Ulaanbaatar Standard Time|ULAT|Asia/Ulaanbaatar
Uruguay Standard Time|UYT|America/Montevideo
Uzbekistan Standard Time|UZT|Asia/Tashkent
Vanuatu Standard Time|VUT|Pacific/Efate
Venezuela Time|VET|America/Caracas
Vladivostok Standard Time|VLAT|Asia/Vladivostok
Volgograd Standard Time|MSK|Europe/Volgograd
Vostok Time|VOST|Antarctica/Vostok
Wake Island Time|WAKT|Pacific/Tarawa
Wallis & Futuna Time|WFT|Pacific/Tarawa
West Africa Time|WAT|Africa/Lagos
West Greenland Standard Time|WGT|America/Nuuk
West Greenland Summer Time|WGST|America/Nuuk
West Kazakhstan Time|AQTT|Asia/Aqtobe
Western Indonesia Time|WIB|Asia/Jakarta
Yakutsk Standard Time|YAKT|Asia/Yakutsk
Yekaterinburg Standard Time|YEKT|Asia/Yekaterinburg
Yukon Time|MST|America/Denver
`;

interface ZoneName {
  readonly long: string;
  readonly short: string;
  readonly zoneId: string;
}

const rows: readonly ZoneName[] = ZONE_NAMES.trim().split('\n').map(readRow);
const shortByLong = new Map(rows.map(({ long, short }) => [long, short]));
const zoneByName = new Map<string, string>();
for (const { long, short, zoneId } of rows) {
  if (!zoneByName.has(long)) zoneByName.set(long, zoneId);
  if (!zoneByName.has(short)) zoneByName.set(short, zoneId);
}

/** The names of zones that a text may bear, longest first. */
export const readableNames: readonly string[] = [...zoneByName.keys()].sort((a, b) => b.length - a.length);

/** The short name that belongs to a long one, such as CET to Central European Standard Time. */
export function shortZoneName(longName: string): string | undefined {
  return shortByLong.get(longName);
}

/** The id of a zone that bears a long or short name. */
export function zoneIdOfName(name: string): string | undefined {
  return zoneByName.get(name);
}

function readRow(row: string): ZoneName {
  const [long = '', short = '', zoneId = ''] = row.split('|');
  return { long, short, zoneId };
}
