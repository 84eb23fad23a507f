// The visitor's own account: made for them on the first deposit, or one they sign in with; tokens stay in this tab.

import { ask, Problem } from "./platform.js";
import { language } from "./words.js";

const KEPT = "myrvm.account";

/** An account that signs in by itself when it must. */
export function account() {
  let known = recall();

  /** Ask as this person; a token that ran out is renewed once. */
  async function asked(path, options = {}, call = ask) {
    await ensure();
    try {
      return await call(path, { ...options, token: known.access_token });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
      await renew();
      return call(path, { ...options, token: known.access_token });
    }
  }

  async function ensure() {
    if (known) return;
    const made = { email: `tamu-${random(6)}@setor.example`, password: random(16) };
    await ask("/api/v1/accounts", { method: "POST", body: { ...made, language: language() } });
    await signIn(made.email, made.password);
  }

  async function signIn(email, password) {
    known = await ask("/api/v1/sign-in", { method: "POST", body: { email, password } });
    remember(known);
  }

  async function renew() {
    try {
      known = { ...known, ...await ask("/api/v1/sign-in/refresh", {
        method: "POST", body: { refresh_token: known.refresh_token },
      }) };
      remember(known);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code === "unreachable") throw problem;
      known = null; // another demo, other accounts: begin anew
      await ensure();
    }
  }

  return { asked, signIn, token: async () => { await ensure(); return known.access_token; } };
}

function random(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function remember(known) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(known));
  } catch {
    /* then only until the page is closed */
  }
}
