"""Profiles in the window: whom the network plays like, and two of them side by side."""

import numpy as np
import pygame
import torch
from conftest import answer, point
from random_profiles import SHIPPED, random_profile, ship_profiles, small_network

from gopolicy.commands.board import LoadedNetwork
from gopolicy.go.coords import BLACK, WHITE
from gopolicy.go.game import Game
from gopolicy.policy import Policy
from gopolicy.profiles import save_profiles
from gopolicy.ui.drawing.picture import draw
from gopolicy.ui.model.comparing import differences
from gopolicy.ui.model.screen import Call
from gopolicy.ui.model.settings import Overlay
from gopolicy.ui.model.tasks import UseProfile
from gopolicy.ui.panels.buttons import buttons
from gopolicy.ui.panels.geometry import layout
from gopolicy.ui.panels.placing import geometry_of
from gopolicy.ui.panels.side_panel import panel_rows

BUTTONS = ("profiles.ask_player", "profiles.toggle")


def choose(session, label):
    """Choose an entry of the open dialog."""
    dialog = session.screen.dialog
    dialog.choose([entry.label for entry in dialog.entries].index(label), 1)


def texts(session):
    return [cell.text for row in panel_rows(session, layout(1280, 860, 19)) for cell in row.cells]


def test_the_network_plays_like_a_profile_and_forgets_what_it_said(session, commands, network, record):
    commands.file.open_now(record, 2)
    answer(commands, network)
    before = session.predictions
    assert session.prediction is not None and session.review.judged()
    commands.profiles.ask_player()
    choose(session, "kgs-9k-1k")
    assert session.screen.dialog is None and "like kgs-9k-1k" in session.screen.message.text
    task = commands.queue.next_task()
    assert isinstance(task, UseProfile) and task.profile == "kgs-9k-1k"
    commands.queue.take_answer(task, task.run(network, lambda share: None))
    assert session.profile == "kgs-9k-1k" and session.network_name == "fake as kgs-9k-1k"
    assert session.predictions is not before and session.prediction is None and not session.review.judged()
    answer(commands, network)
    assert session.review.judged()
    commands.profiles.ask_player()
    assert session.screen.dialog.entries[session.screen.dialog.chosen].label == "kgs-9k-1k"
    choose(session, "nobody: the network itself")
    answer(commands, network)
    assert session.network_name == "fake" and session.profiles == network.profiles


def test_the_profile_that_was_loaded_is_the_one_now_and_nobody_can_be_chosen(session, commands, network):
    network.use_profile("kgs-9k-1k")
    answer(commands, network)
    commands.profiles.ask_player()
    values = {entry.label: entry.value() for entry in session.screen.dialog.entries if entry.value}
    assert [label for label, value in values.items() if value == "now"] == ["kgs-9k-1k"]
    choose(session, "nobody: the network itself")
    answer(commands, network)
    assert (session.profile, session.network_name) == ("", "fake")


def test_a_profile_of_a_file_is_offered_and_given_up_and_found_again(tmp_path, monkeypatch):
    own, games = small_network(), [Game()]
    ship_profiles(tmp_path / "shipped", monkeypatch, own)
    path = str(tmp_path / "me.profile")
    save_profiles(tmp_path / "me.profile", [random_profile(own, "me")])
    itself = Policy(own, device=torch.device("cpu"))
    network = LoadedNetwork(itself.with_profile(path), path)
    mine, base = network.probabilities_batch(games), itself.probabilities_batch(games)
    assert network.profile == network.profiles[0] == "me" and not np.array_equal(mine, base)
    network.use_profile("")
    assert network.profile == "" and np.array_equal(network.probabilities_batch(games), base)
    assert np.array_equal(network.probabilities_as("me", games), mine)
    network.use_profile("me")
    assert network.profile == "me" and np.array_equal(network.probabilities_batch(games), mine)
    ranked = LoadedNetwork(itself.with_profile("rank_5k"), "rank_5k")
    assert ranked.profile == "kgs-9k-1k" and ranked.profiles == tuple(SHIPPED)
    assert LoadedNetwork(Policy(small_network(seed=2), device=torch.device("cpu"))).profiles == ()


def test_two_profiles_stand_side_by_side_and_the_game_lists_where_they_differ(session, commands, network, record):
    commands.file.open_now(record, 2)
    answer(commands, network)
    commands.profiles.toggle()
    choose(session, "pro-1950-1999")
    assert session.view.overlay is Overlay.COMPARE
    assert "the network is thinking" in texts(session)
    answer(commands, network)
    shown = texts(session)
    assert "the network" in shown and "pro-1950-1999" in shown and "Moves that pro-1950-1999 would find" in shown
    row = shown.index("R14")
    assert float(shown[row + 1].split()[0]) < 1 < 40 < float(shown[row + 2].split()[0])
    found = differences(session)
    assert found and all(difference.vertex == "R14" and difference.weight > 0 for difference in found)
    assert session.compared_predictions.get(session.key).probability(point("R14")) > 0.4
    commands.step.to_number(found[-1].number - 1)
    draw(pygame.Surface((1280, 860)), session)
    commands.profiles.toggle()
    assert session.view.overlay is Overlay.NONE
    commands.profiles.toggle()
    assert session.view.overlay is Overlay.COMPARE and session.screen.dialog is None
    commands.profiles.ask_other()
    choose(session, "nobody: the network itself")
    answer(commands, network)
    assert "Moves that the network would find" in texts(session)


def test_only_a_game_begun_here_is_renamed_and_no_name_that_was_given(session, commands, network):
    answer(commands, network)
    session.tree.names[BLACK], session.tree.rules, session.tree.date = "Ada", "Japanese", "1999-12-31"
    session.profile_used("kgs-9k-1k", "fake as kgs-9k-1k")
    assert session.tree.names == {BLACK: "Ada", WHITE: "gopolicy fake as kgs-9k-1k"}
    assert (session.tree.rules, session.tree.date) == ("Japanese", "1999-12-31")
    commands.file.take_pasted("(;SZ[19]PB[Shusaku]RU[Japanese]DT[1846];B[pd])")
    commands.step.to_end()
    commands.play.toggle_mode()
    session.profile_used("", "fake")
    assert session.tree.names == {BLACK: "Shusaku", WHITE: ""}
    assert (session.tree.rules, session.tree.date) == ("Japanese", "1846")


def test_without_a_network_or_profiles_it_says_so(session, commands, network):
    commands.profiles.toggle()
    assert session.view.overlay is Overlay.NONE and "network is loading" in session.screen.message.text
    session.network_ready("fake")
    commands.profiles.ask_player()
    assert session.screen.dialog is None and "no profiles" in session.screen.message.text


def reasons(session):
    found = {button.call.name: button for button in buttons(session, geometry_of(session, 1280, 860))}
    return [found[name].reason for name in BUTTONS]


def test_a_button_each_says_why_it_cannot_be_used(session, commands, network, record):
    assert all("loading" in reason for reason in reasons(session))
    session.network_ready("fake")
    assert reasons(session) == ["this network has no profiles"] * 2
    session.network_ready("fake", network.profiles)
    assert reasons(session) == ["", ""]
    commands.count.toggle()
    assert reasons(session) == ["", "not while scoring, editing or before a guess"]
    commands.count.toggle()
    commands.call(Call("profiles.ask_player"))
    choose(session, "kgs-9k-1k")
    answer(commands, network)
    commands.call(Call("profiles.toggle"))
    choose(session, "pro-1950-1999")
    lit = [button.call.name for button in buttons(session, geometry_of(session, 1280, 860)) if button.active]
    assert set(BUTTONS) <= set(lit)
    session.settings.size = 9
    commands.start.begin()
    assert all("19x19 only" in reason for reason in reasons(session))


def test_the_menu_has_them_too_and_says_why_not(session, commands):
    commands.menu.show()
    rows = {entry.label: entry for entry in session.screen.dialog.entries}
    assert rows["Play like ..."].reason and rows["Compare with ..."].reason and not rows["Save"].reason
    choose(session, "Compare with ...")
    assert session.screen.dialog is None and "loading" in session.screen.message.text
    draw(pygame.Surface((1280, 860)), session)
