// Numbers that count up, as the page's language writes them.

import { countTo as count } from "/assets/count.js";
import { number } from "./words.js";

/** Bring an element's number to `value`. */
export const countTo = (element, value) => count(element, value, number);
