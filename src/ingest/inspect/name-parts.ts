import { toEnglish } from './key-vocabulary.ts';
import type { Leaf } from './leaves.ts';

/** The words of a leaf's name, without what envelopes and value holders add. */
export interface NameParts {
  /** Words joined by underscores: `created_at`, `like_count`. */
  readonly name: string;
  readonly words: readonly string[];
  /** Words of the objects around it. */
  readonly context: readonly string[];
  /** The leaf describes a person, such as the author, rather than the post. */
  readonly isPersonal: boolean;
  /** `name` without the words for a person: `id` for `author_id` and for `author.id`. */
  readonly personalName: string;
  /** The leaf describes something of a person, such as the location. */
  readonly isPossession: boolean;
}

/** Objects that wrap a record and say nothing about it. */
const envelopes = new Set(
  'after attributes content data detail details doc document element entry event fields hit item message msg node object payload post properties record result row source value values'.split(
    ' ',
  ),
);
/** Keys that hold the value of the object around them: `title.rendered`, `likes.count`. */
const holders = new Set('amount content count html label markdown num plain raw rendered simple text total val value'.split(' '));
/** Forms of a text: these also belong to keys that are envelopes elsewhere, as in `content.rendered`. */
const forms = new Set('plain raw rendered html markdown'.split(' '));
const persons = new Set(
  'account actor author buyer by chatter client commentator commenter consumer contact contributor creator customer from guest member owner participant person poster profile publisher purchaser reader reporter requester respondent reviewer sender speaker submitter user visitor voter writer'.split(
    ' ',
  ),
);
/** Names of persons without a word for one. */
const personNames = /^(?:username|nick_?name|nick|handle|screen_name|login|acct)$/;
/** Things have them too. */
const properNames = /^(?:display_name|full_name)$/;
/** What a person wrote is the post, not the person: `user_comment`, `client_msg_id`. */
const writings = new Set('answer body comment content feedback likes message msg opinion post rating review text'.split(' '));

export function splitName({ keys }: Pick<Leaf, 'keys'>): NameParts {
  const groups = keys.map(splitWords);
  const last = groups.at(-1) ?? [];
  const holder = groups.at(-2);
  const isHeld =
    holder !== undefined &&
    last.length > 0 &&
    last.every((word) => holders.has(word)) &&
    (!isEnvelope(holder) || last.every((word) => forms.has(word)));
  const words = isHeld ? [...holder, ...last] : last;
  const context = groups
    .slice(0, isHeld ? -2 : -1)
    .filter((group) => !isEnvelope(group))
    .flat();
  const personalWords = words.filter((word) => !persons.has(word));
  const name = words.join('_');
  const isNamed =
    personNames.test(name) ||
    (context.length === 0 && properNames.test(name)) ||
    (personalWords.length < words.length && !personalWords.some((word) => writings.has(word)));
  const isPersonal = isNamed || context.some((word) => persons.has(word));
  return { name, words, context, isPersonal, personalName: personalWords.join('_'), isPossession: isPersonal && isPossession(groups) };
}

/** Words around a person's data that say nothing. */
const descriptive = new Set('basic extra id info meta metadata obj public ref summary'.split(' '));

/** Whether the object that holds a leaf is one of a person's things: `user.location`, `user_location`. */
function isPossession(groups: readonly (readonly string[])[]): boolean {
  const holder = groups.at(-2) ?? [];
  const isAboutPerson = groups.slice(0, -1).some((group) => group.some((word) => persons.has(word)));
  return isAboutPerson && holder.some((word) => !persons.has(word) && !envelopes.has(word) && !descriptive.has(word));
}

const isEnvelope = (words: readonly string[]): boolean => words.every((word) => envelopes.has(word));

/** `createdAt`, `created_at`, `created-at` and `CreatedAt` are created, at; `userid` is user, id. */
export function splitWords(key: string): string[] {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return words.flatMap(splitCompound).flatMap(toEnglish);
}

/** Two words written as one. */
function splitCompound(word: string): readonly string[] {
  const match =
    /^(user|author|post|comment|review|message|screen|display|nick|full|time|like|reply|last|lang)(id|name|text|body|stamp|count|code|modified|edited|date)$/.exec(
      word,
    );
  return match && !['username', 'nickname', 'timestamp'].includes(word) ? match.slice(1) : [word];
}
