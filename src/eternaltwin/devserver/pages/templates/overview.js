// Updates the front page when the server reports a change. Without this script, the page is the same until it is reloaded.
"use strict";

(() => {
  const state = document.getElementById("state");
  const PATIENCE = 5000; // milliseconds until a server that refuses the stream is asked again
  let source = null;
  let running = null;
  let isStale = false;

  /** Report whether the page updates itself. */
  function show(text, isLive) {
    state.textContent = text;
    state.classList.toggle("live", isLive);
  }

  /** The name by which a node is found again in the updated page, if it has one. */
  function key(node) {
    return node.nodeType === Node.ELEMENT_NODE ? node.dataset.key || node.id : "";
  }

  function isSame(old, fresh) {
    return old.nodeName === fresh.nodeName && key(old) === key(fresh);
  }

  /** Take over attributes, except for what the person decides: which parts are open. */
  function updateAttributes(old, fresh) {
    for (const {name} of [...old.attributes]) {
      if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const {name, value} of fresh.attributes) {
      if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  }

  /** Make a node equal to the fresh one. What a person has typed, opened, selected or focused stays. */
  function update(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    updateAttributes(old, fresh);
    const keys = new Set([...fresh.childNodes].map(key));
    for (const child of [...old.childNodes]) {
      if (key(child) && !keys.has(key(child))) child.remove();
    }
    let place = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const found = find(place, child);
      if (found === null) {
        old.insertBefore(document.importNode(child, true), place);
        continue;
      }
      while (place !== found && !key(place)) place = removed(place);
      if (found === place) place = place.nextSibling;
      else old.insertBefore(found, place);
      update(found, child);
    }
    while (place !== null) place = removed(place);
  }

  /** The first node from a place on that stands for a fresh node. Nodes without a name are not searched beyond named ones. */
  function find(place, fresh) {
    for (let node = place; node !== null; node = node.nextSibling) {
      if (isSame(node, fresh)) return node;
      if (!key(fresh) && key(node)) return null;
    }
    return null;
  }

  function removed(node) {
    const next = node.nextSibling;
    node.remove();
    return next;
  }

  async function fetchPage() {
    const response = await fetch(location.pathname + location.search, {headers: {"Accept": "text/html", "Eternaltwin-Update": "1"}});
    if (!response.ok) throw new Error(`status ${response.status}`);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const found = fresh.getElementById(part.id);
      if (found !== null) update(part, found);
    }
  }

  /** Update the page, once more if something changes meanwhile. */
  async function refresh() {
    isStale = true;
    if (running !== null) return;
    running = (async () => {
      while (isStale) {
        isStale = false;
        await fetchPage();
      }
    })();
    try {
      await running;
    } catch {
      show("The server cannot be reached.", false);
    } finally {
      running = null;
    }
  }

  function listen() {
    source = new EventSource("/events");
    source.addEventListener("open", () => {
      show("Live: this page updates itself.", true);
      refresh();
    });
    source.addEventListener("change", refresh);
    source.addEventListener("error", () => {
      show("Not live at present: reload the page to update it.", false);
      if (source !== null && source.readyState === EventSource.CLOSED) setTimeout(restart, PATIENCE);
    });
  }

  // A browser opens six connections to a server at most: pages that nobody sees keep none.
  function restart() {
    if (source !== null) source.close();
    source = null;
    if (document.visibilityState === "visible") listen();
  }

  document.addEventListener("visibilitychange", restart);
  addEventListener("pagehide", () => { if (source !== null) source.close(); });
  addEventListener("pageshow", event => { if (event.persisted) restart(); });
  restart();
})();
