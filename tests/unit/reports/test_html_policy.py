"""What a browser may run of the page (https://www.w3.org/TR/CSP3/: hashes of inline scripts)."""

from __future__ import annotations

from reports.html_policy import content_security_policy

#: ``printf 'alert(1)' | openssl dgst -sha256 -binary | base64``
ALERT = "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="


def test_scripts_are_named_by_their_hash_and_nothing_else_may_be_asked_for():
    policy = content_security_policy(["alert(1)"])

    assert f"script-src '{ALERT}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http:" not in policy


def test_one_character_more_is_another_script():
    assert ALERT not in content_security_policy(["alert(1) "])
