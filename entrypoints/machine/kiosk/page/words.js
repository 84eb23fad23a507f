// Everything the screen says, in Indonesian and English (words.json), and numbers as each language writes them.

const LANGUAGES = await (await fetch("/page/words.json")).json();
const FIRST = "id";

let current = FIRST;

/** The words of the language in use. */
export const words = () => LANGUAGES[current];

/** The language in use: "id" or "en". */
export const language = () => current;

/** Use another language, here and for screen readers; without a name, the one that the screen begins with. */
export function speak(name = FIRST) {
  current = name in LANGUAGES ? name : FIRST;
  document.documentElement.lang = current;
  document.title = words().title;
}

/** A sentence with its places filled: say("{n} waiting", {n: "14"}). */
export const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** A whole number as this language writes it: 12.460 or 12,460. */
export const number = (value) => new Intl.NumberFormat(words().locale).format(value);

/** The form of a word that goes with a number: {"one": "item", "other": "items"}. */
export const counted = (forms, value) => forms[new Intl.PluralRules(words().locale).select(value)] ?? forms.other;

/** A share of parts per million as per cent: "97 %"; rounded down, so that 100 % means it. */
export const percent = (ppm) => `${number(Math.floor(ppm / 10_000))}\u00a0%`;

/** What an item of this label is called. */
export const material = (label) => words().materials[label ?? "none"] ?? words().materials.none;
