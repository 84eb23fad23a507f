// What somebody at the screen chooses for it: the language, and more contrast against the sun.

import { language, speak } from "./words.js";

const root = document.documentElement;

/** The choices; `changed` is called after each. */
export function settings(changed) {
  speak(language());
  const asked = new URLSearchParams(location.search);
  if (asked.get("theme")) root.dataset.theme = asked.get("theme");
  if (asked.get("contrast") === "more") root.dataset.contrast = "more";

  return {
    contrast: () => root.dataset.contrast === "more",
    switchLanguage: () => {
      speak(language() === "id" ? "en" : "id");
      changed();
    },
    switchContrast: () => {
      if (root.dataset.contrast === "more") delete root.dataset.contrast;
      else root.dataset.contrast = "more";
      changed();
    },
  };
}
