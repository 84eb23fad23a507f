// What a reader chooses for the page: language and theme, kept in this browser.

import { speak, words } from "./words.js";

const THEMES = ["system", "light", "dark"];

/** Take up what was chosen before; `changed` is called after each choice. */
export function settings(changed) {
  const language = document.getElementById("language");
  const theme = document.getElementById("theme");
  speak(kept("language") ?? (navigator.language.startsWith("en") ? "en" : "id"));
  wear(kept("theme"));
  language.addEventListener("click", () => {
    speak(keep("language", document.documentElement.lang === "id" ? "en" : "id"));
    say();
  });
  theme.addEventListener("click", () => {
    wear(keep("theme", THEMES[(THEMES.indexOf(worn()) + 1) % THEMES.length]));
    say();
  });
  say();

  function say() {
    for (const element of document.querySelectorAll("[data-words]")) {
      element.textContent = words()[element.dataset.words];
    }
    language.lang = document.documentElement.lang === "id" ? "en" : "id";
    theme.textContent = words().themes[worn()];
    document.title = `${words().fleet} · MyRVM`;
    changed();
  }
}

const worn = () => document.documentElement.dataset.theme ?? "system";

function wear(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

// A browser may refuse to keep anything; the page works without.
function kept(name) {
  try {
    return localStorage.getItem(`myrvm.${name}`);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(`myrvm.${name}`, value);
  } catch {
    /* then only until the page is closed */
  }
  return value;
}
