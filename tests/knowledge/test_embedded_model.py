"""The embedded model as a whole: prepared from the real wheel, checked, loaded and asked."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ModelMissing
from knowledge.index import prepare
from knowledge.index.embedding import EMBEDDED, MODEL_FILE, OnnxEmbedder, open_embedder
from knowledge.index.model_export import publish
from knowledge.index.prepare import MINIMUM_COSINE, PASSAGES, QUESTIONS, prepare_model, prove_parity

pytestmark = pytest.mark.integration

REPLACE = "居民身份证丢失补领：本人持户口簿到户籍派出所申请补领，交验指纹，工本费40元。"
FOOD = "食品经营许可：从事食品销售和餐饮服务，应当依法取得食品经营许可证。"


@pytest.fixture(scope="session")
def model_folder(data_dir: Path) -> Path:
    """The prepared model that only these tests look at."""
    return data_dir / "model"


@pytest.fixture(scope="module")
def embedder(model_folder: Path) -> OnnxEmbedder:
    """One open embedder for the tests that only read from it."""
    return OnnxEmbedder(model_folder)


def test_the_export_equals_the_engine_of_the_package(model_folder: Path) -> None:
    parity = prove_parity(model_folder)
    assert parity.n == len(QUESTIONS) + len(PASSAGES) >= 40
    assert parity.minimum >= MINIMUM_COSINE


def test_without_the_engine_parity_is_proved_against_torch(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "_engine_vectors", lambda: None)
    parity = prove_parity(model_folder)
    assert "torch" in parity.reference
    assert parity.minimum > 0.99999, "the kept pieces must change nothing for Chinese text"


def test_a_model_that_differs_is_refused(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = np.zeros((len(QUESTIONS), 384), np.float32), np.zeros((len(PASSAGES), 384), np.float32)
    monkeypatch.setattr(prepare, "_engine_vectors", lambda: wrong)
    with pytest.raises(ModelMissing, match="不一致"):
        prove_parity(model_folder)


def test_a_valid_folder_is_left_as_it_is(model_folder: Path) -> None:
    before = (model_folder / MODEL_FILE).stat()
    messages: list[str] = []
    prepare_model(model_folder, messages.append)
    assert (model_folder / MODEL_FILE).stat() == before
    assert "保持不变" in messages[0]


def test_a_folder_with_files_of_others_is_never_replaced(tmp_path: Path) -> None:
    out, built = tmp_path / "out", tmp_path / "built"
    out.mkdir()
    built.mkdir()
    (out / "论文.docx").write_text("x")
    with pytest.raises(ModelMissing, match="论文"):
        publish(built, out, tmp_path / "old")
    assert (out / "论文.docx").exists()


def test_a_flipped_byte_is_noticed(model_folder: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(model_folder, tmp_path / "model"))
    with (damaged / MODEL_FILE).open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)[0]
        file.seek(1_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelMissing, match=r"model\.onnx .*prepare-model"):
        OnnxEmbedder(damaged)


def test_a_missing_folder_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="没有找到.*python -m knowledge prepare-model"):
        open_embedder(EMBEDDED, tmp_path / "nowhere")


def test_a_missing_library_names_the_pip_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelMissing, match="pip install sentence-transformers"):
        open_embedder("some/model", tmp_path)


def test_vectors_have_unit_length(embedder: OnnxEmbedder) -> None:
    for vectors in (embedder.embed_queries(QUESTIONS), embedder.embed_passages(QUESTIONS)):
        assert vectors.shape == (len(QUESTIONS), embedder.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)


def test_neighbours_in_a_batch_do_not_matter(embedder: OnnxEmbedder) -> None:
    mixed = [*PASSAGES, "是", *(text * 20 for text in PASSAGES[:3]), *QUESTIONS, "交" * 2000]
    together = embedder.embed_passages(mixed)
    for i in range(0, len(mixed), 5):
        np.testing.assert_allclose(together[i], embedder.embed_passages([mixed[i]])[0], atol=1e-4)


def test_progress_reaches_the_total(embedder: OnnxEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed_passages(QUESTIONS * 2, lambda done, total: seen.append((done, total)))
    assert seen == [(32, 60), (60, 60)]


def test_a_lost_card_is_about_replacing_it(embedder: OnnxEmbedder) -> None:
    (question,) = embedder.embed_queries(["身份证丢了怎么办"])
    replace, food = embedder.embed_passages([REPLACE, FOOD]) @ question
    assert replace > food + 0.02
