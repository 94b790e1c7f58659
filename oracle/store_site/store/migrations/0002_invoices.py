from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0001_orders")]
    operations = [
        migrations.CreateModel(
            "Invoice",
            [("id", models.AutoField(primary_key=True)), ("total", models.IntegerField())],
        )
    ]
