/* Behaviour of the site: focus after swaps, problems in their place, the drawer, keys, drafts, idle warning. No page needs it to be read. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const line = one("#say");
  const tell = (text) => { if (line) line.textContent = text; };
  const posts = (form) => (form.getAttribute("method") || "").toLowerCase() === "post"; // a field may be named "method"
  const words = (name) => (line && line.dataset[name]) || "";

  /* ---- htmx: busy regions, answers of 4xx and 5xx, no answer, focus --------------------------------- */
  const region = (event) => event.detail.target || event.target;
  const problemBox = (element) => {
    const near = element && element.closest("[data-problems]");
    return (near && one(near.dataset.problems)) || one("#problems");
  };
  const say = (element, text) => {
    const box = problemBox(element);
    if (!box) return;
    const note = document.createElement("section");
    note.className = "note note-err";
    note.setAttribute("role", "alert");
    note.tabIndex = -1;
    const sentence = document.createElement("p");
    sentence.textContent = text;
    note.append(sentence);
    box.replaceChildren(note);
    note.focus();
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    region(event).setAttribute("aria-busy", "true");
    const box = problemBox(event.target);
    if (box) box.replaceChildren();
  });
  document.addEventListener("htmx:afterRequest", (event) => region(event).removeAttribute("aria-busy"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    if (xhr.getResponseHeader("KQ-Problem")) {
      event.detail.target = problemBox(event.target);
      event.detail.swapOverride = "innerHTML";
      event.detail.selectOverride = "unset";
    }
  });
  document.addEventListener("htmx:timeout", (event) => say(event.target, words("slow")));
  document.addEventListener("htmx:sendError", (event) => say(event.target, words("offline")));

  const focusIn = (root) => {
    const place = root && (root.matches?.("[data-focus]") ? root : one("[data-focus], .note-err[role=alert]", root));
    if (place) { if (!place.hasAttribute("tabindex")) place.tabIndex = -1; place.focus(); }
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt || event.target;
    const status = event.detail.xhr ? event.detail.xhr.status : 200;
    const verb = event.detail.requestConfig ? event.detail.requestConfig.verb : "get";
    if (verb !== "get") focusIn(target); // after filtering and sorting the focus stays; an alert speaks by itself
    if (document.activeElement === document.body && target && target.id) {
      const again = event.detail.requestConfig && event.detail.requestConfig.elt;
      const kept = again && again.id && document.getElementById(again.id);
      if (kept) kept.focus();
      else if (target.id !== "drawer-body") { target.tabIndex = -1; target.focus(); }
    }
    const said = one('[aria-live="polite"]', target);
    if (said) tell(said.textContent);
  });

  /* ---- the drawer of definitions --------------------------------------------------------------------- */
  let opener = null;
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target && event.detail.target.id === "drawer-body") {
      const drawer = one("#drawer");
      if (!drawer.open) { opener = document.activeElement; drawer.showModal(); }
    }
  });
  document.addEventListener("close", (event) => {
    if (event.target.id === "drawer" && opener && opener.isConnected) opener.focus();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.id === "drawer") event.target.close();
    all(".rolebox[open]").forEach((box) => { if (!box.contains(event.target)) box.open = false; });
  });

  /* ---- keys: only where the user has switched them on ------------------------------------------------ */
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const rows = () => all("main table.kt tbody tr");
  let waiting = false;
  const go = { h: "a.brand", e: '.side a[href="/enterprises"], .side a[href="/enterprises/"]', l: '.side a[href="/lists/"]' };
  const move = (step) => {
    const found = rows();
    const now = found.findIndex((row) => row.contains(document.activeElement));
    const next = found[Math.min(Math.max(now + step, 0), found.length - 1)];
    const place = next && one("a, button, input", next);
    if (place) place.focus();
  };
  const acts = {
    "/": () => { const find = one("#find"); if (find) find.focus(); return find; },
    "?": () => { location.assign("/help#keys"); return true; },
    j: () => { move(1); return true; },
    k: () => { move(-1); return true; },
    o: () => { const link = document.activeElement.closest("tr") && one("a", document.activeElement.closest("tr")); if (link) link.click(); return link; },
    x: () => { const box = document.activeElement.closest("tr") && one("input[type=checkbox]", document.activeElement.closest("tr")); if (box) box.click(); return box; },
    e: () => { const link = one("main a[download]"); if (link) link.focus(); return link; },
    p: () => { window.print(); return true; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all(".rolebox[open]").forEach((box) => { box.open = false; one("summary", box).focus(); });
    if (!document.body.hasAttribute("data-keys") || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (waiting) {
      waiting = false;
      const place = go[event.key] && one(go[event.key]);
      if (place) { event.preventDefault(); place.click(); }
      return;
    }
    if (event.key === "g") { waiting = true; setTimeout(() => { waiting = false; }, 1200); return; }
    if (acts[event.key] && acts[event.key]()) event.preventDefault();
  });

  /* ---- results of a search: arrow keys go from the field to the links and between them ---------------- */
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = step && !event.ctrlKey && !event.metaKey && !event.altKey ? [...all("main form.seek #find"), ...all("[data-hits] a")] : [];
    const now = stops.indexOf(document.activeElement);
    const next = now < 0 ? null : stops[now + step];
    if (next) { event.preventDefault(); next.focus(); }
  });

  /* ---- drafts and unsaved forms ---------------------------------------------------------------------- */
  const changed = new WeakSet();
  const timers = new WeakMap();
  const save = (form) => {
    const said = one("[data-draft-said]", form) || one("#say");
    window.htmx.ajax("POST", form.dataset.draft, { source: form, target: said, swap: "innerHTML" }).then(() => changed.delete(form));
  };
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !posts(form)) return;
    changed.add(form);
    if (!form.dataset.draft || !window.htmx) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), 2000));
  });
  document.addEventListener("submit", (event) => changed.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if (all("form[data-guard]").some((form) => changed.has(form))) event.preventDefault();
  });

  /* ---- double submit: the second press within the same answer does nothing --------------------------- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!posts(form) || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000); // an answer that is a download leaves the page standing
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("htmx:afterRequest", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  /* ---- question by question: the browser's back button is the page's ---------------------------------- */
  let asked = null;
  document.addEventListener("submit", (event) => { asked = event.target.matches("[data-steps]") ? event.target : null; });
  document.addEventListener("htmx:afterSettle", () => {
    if (!asked || asked.isConnected) return;
    if (!one("main .note-err")) history.pushState({ step: history.length }, "");
    asked = null;
  });
  window.addEventListener("popstate", () => { const back = one('button[name="act"][value="back"]'); if (back) back.click(); });

  /* ---- idle ------------------------------------------------------------------------------------------ */
  const idle = one('meta[name="kq-idle"]');
  if (idle) {
    const limit = Number(idle.content) * 60000;
    let last = Date.now();
    ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, () => { if (!one("#idle").open) last = Date.now(); }, { passive: true }));
    document.addEventListener("htmx:afterRequest", () => { last = Date.now(); });
    setInterval(() => {
      const left = limit - (Date.now() - last);
      const box = one("#idle");
      if (left < 120000 && !box.open) box.showModal();
      if (left < 0) location.reload();
    }, 15000);
    const stay = one("[data-stay]");
    stay.addEventListener("click", () => { last = Date.now(); fetch(stay.dataset.stay, { credentials: "same-origin" }); });
  }

  /* ---- on arrival ------------------------------------------------------------------------------------ */
  if (one("[data-print]") || document.body.hasAttribute("data-print")) all("details").forEach((part) => { if (!part.classList.contains("rolebox")) part.open = true; });
  { const place = one("main [data-focus]"); if (place) place.focus(); }
  all('a[href^="#"]').forEach((link) => link.addEventListener("click", () => {
    const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (place && place.matches("input, select, textarea")) setTimeout(() => place.focus(), 0);
  }));
})();
